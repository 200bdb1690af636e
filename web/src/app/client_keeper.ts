import type { Client } from '#/core/client.ts';
import type { User, UserId } from '#/core/model.ts';
import type { Sessions } from '#/core/session.ts';

export type MakeClient = (sessions: Sessions, user: User) => Client;

/** Keeps one running client for who is signed in, and ends it when the session ends. */
export class ClientKeeper {
  readonly #sessions: Sessions;
  readonly #make: MakeClient;
  #kept: { user: UserId; client: Client } | undefined;

  constructor(sessions: Sessions, make: MakeClient) {
    this.#sessions = sessions;
    this.#make = make;
    sessions.store.subscribe((session) => {
      const user = session.status === 'signed_in' ? session.user.id : undefined;
      if (this.#kept && this.#kept.user !== user) void this.stop();
    });
  }

  /** The client of who is signed in; nothing when nobody is. */
  current(): Client | undefined {
    const session = this.#sessions.store.getState();
    if (session.status !== 'signed_in') return undefined;
    if (this.#kept?.user !== session.user.id) {
      void this.stop();
      const client = this.#make(this.#sessions, session.user);
      this.#kept = { user: session.user.id, client };
      void client.start();
    }
    return this.#kept?.client;
  }

  /** Writes down what is not written yet. */
  async stop(): Promise<void> {
    const kept = this.#kept;
    this.#kept = undefined;
    await kept?.client.stop();
  }

  async logOut(): Promise<void> {
    await this.stop();
    await this.#sessions.logOut();
  }
}
