/** The log-ins of the model of the server: tokens that end, refresh tokens for one use, tickets for one socket. */
import type { Session } from '../generated/rest/index.ts';
import type { UserId } from '../model.ts';
import type { ModelServer } from './model_server.ts';
import { Refusal } from './refusal.ts';

/** Milliseconds. */
const TOKEN_LASTS = 15 * 60_000;
const TICKET_LASTS = 30_000;
/** A refresh whose answer got lost may be repeated within this time. */
const LOST_WITHIN = 60_000;

interface Family {
  readonly user: UserId;
  revoked: boolean;
}

interface RefreshToken {
  readonly family: Family;
  /** When it was exchanged. */
  used_at?: number;
  /** What came of it was used, or it was replaced unused. */
  outlived?: boolean;
  parent?: RefreshToken | undefined;
}

export interface Access {
  readonly user: UserId;
  readonly expires_at: number;
}

export class ModelAccounts {
  readonly #server: ModelServer;
  readonly #access = new Map<string, Access>();
  readonly #refresh = new Map<string, RefreshToken>();
  readonly #tickets = new Map<string, Access>();
  #made = 0;
  /** Exchanges that were answered. */
  refreshes = 0;

  constructor(server: ModelServer) {
    this.#server = server;
  }

  logIn(user: UserId): Session {
    return this.#session({ user, revoked: false });
  }

  refresh(token: string): Session {
    const known = this.#refresh.get(token);
    if (!known) throw new Refusal(401, 'bad_refresh_token', 'it is not known');
    const now = this.#server.now();
    if (known.used_at !== undefined) {
      if (known.outlived || now > known.used_at + LOST_WITHIN) {
        known.family.revoked = true;
        throw new Refusal(401, 'refresh_reused', 'somebody has a copy');
      }
      for (const other of this.#refresh.values())
        if (other.parent === known && other.used_at === undefined) {
          other.used_at = now;
          other.outlived = true;
        }
    }
    if (known.family.revoked) throw new Refusal(401, 'bad_refresh_token', 'it was revoked');
    known.used_at ??= now;
    if (known.parent) known.parent.outlived = true;
    this.refreshes += 1;
    return this.#session(known.family, known);
  }

  logOut(token: string): void {
    const known = this.#refresh.get(token);
    if (known) known.family.revoked = true;
  }

  /** All access tokens end now. */
  expireAll(): void {
    this.#access.clear();
  }

  /** All log-ins end now. */
  revokeAll(): void {
    this.expireAll();
    for (const { family } of this.#refresh.values()) family.revoked = true;
  }

  check(token: string | undefined): Access {
    const access = this.#access.get(token ?? '');
    if (!access) throw new Refusal(401, 'not_authenticated', 'log in');
    if (access.expires_at <= this.#server.now()) throw new Refusal(401, 'token_expired', 'refresh it');
    return access;
  }

  ticket(access: Access): string {
    const ticket = `ticket-${++this.#made}`;
    const expires_at = access.expires_at;
    this.#tickets.set(ticket, { user: access.user, expires_at });
    setTimeout(() => this.#tickets.delete(ticket), TICKET_LASTS);
    return ticket;
  }

  /** Good for one socket. */
  redeem(ticket: string): Access | undefined {
    const access = this.#tickets.get(ticket);
    this.#tickets.delete(ticket);
    return access;
  }

  #session(family: Family, parent?: RefreshToken): Session {
    const user = this.#server.people.get(family.user);
    if (!user) throw new Refusal(401, 'bad_refresh_token', 'nobody has it');
    const access_token = `access-${++this.#made}`;
    const refresh_token = `refresh-${++this.#made}`;
    this.#access.set(access_token, { user: user.id, expires_at: this.#server.now() + TOKEN_LASTS });
    this.#refresh.set(refresh_token, { family, parent });
    return { user: { ...user }, access_token, refresh_token, expires_in: TOKEN_LASTS / 1000 };
  }
}
