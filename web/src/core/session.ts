/** Who is signed in on this device, shared by all its tabs. */
import type { StoreApi } from 'zustand/vanilla';
import type { Api } from './api/api.ts';
import type { User } from './model.ts';

export type SessionState =
  | { readonly status: 'signed_in'; readonly user: User }
  /** `ended`: the session was refused by the server; what was typed is kept for the next log-in of the same person. */
  | { readonly status: 'signed_out'; readonly ended: boolean };

export interface Sessions {
  readonly store: StoreApi<SessionState>;
  /** The REST calls, with the token of who is signed in. */
  readonly api: Api;
  register(account: { username: string; password: string; display_name?: string }): Promise<void>;
  logIn(account: { username: string; password: string }): Promise<void>;
  /** Ends the session here and in the other tabs, and takes everything of this person off the device. */
  logOut(): Promise<void>;
  /** The next access token; one that another tab has fetched meanwhile serves as well. Throws an `ApiError`. */
  freshToken(): Promise<string>;
  /** The person's own data changed. */
  remember(user: User): void;
}
