import { v7 } from 'uuid';
import { type Api, makeApi } from '#/core/api/api.ts';
import { ApiError } from '#/core/api/error.ts';
import {
  createRoom,
  listRooms,
  logIn,
  openDirectRoom,
  putMember,
  type Role,
  type Room,
  readHistory,
  register,
  type Session,
  sendMessage,
} from '#/core/generated/rest/index.ts';
import type { Message, RoomId, User } from '#/core/model.ts';

import type { World } from './world.ts';

export const PASSWORD = 'the towers of Montmartre';
/** Milliseconds within which a part of a world that does not answer is back. */
const PATIENCE = 10_000;

/** Somebody with an account, and what they do without a browser. */
export class Person {
  readonly user: User;
  /** Signed in for the calls here; a browser gets a session of its own. */
  readonly session: Session;
  readonly api: Api;
  readonly #world: World;

  /** With a name that nobody else has. What is shown of them is the name that was given. */
  static async register(world: World, name: string): Promise<Person> {
    const username = `${(name.toLowerCase().replaceAll(/[^a-z]/g, '') || 'somebody').slice(0, 20)}.${v7().slice(-10)}`;
    const body = { username, password: PASSWORD, display_name: name };
    const client = makeApi(world.gateway(0), fetch);
    const deadline = Date.now() + PATIENCE;
    for (;;) {
      try {
        return new Person(world, await register({ client, body }));
      } catch (error) {
        const again = error instanceof ApiError && error.passing && Date.now() < deadline;
        // A first attempt whose answer was lost has made the account.
        if (error instanceof ApiError && error.code === 'username_taken') {
          return new Person(world, await logIn({ client, body: { username, password: PASSWORD } }));
        }
        if (!again) throw error;
        await new Promise((resolve) => setTimeout(resolve, 200));
      }
    }
  }

  private constructor(world: World, session: Session) {
    this.#world = world;
    this.session = session;
    this.user = session.user;
    this.api = makeApi(world.gateway(0), (request) => {
      request.headers.set('authorization', `Bearer ${session.access_token}`);
      return fetch(request);
    });
  }

  get name(): string {
    return this.user.display_name;
  }

  /** A session for one more device. */
  signIn(gateway: number): Promise<Session> {
    const body = { username: this.user.username, password: PASSWORD };
    return logIn({ client: makeApi(this.#world.gateway(gateway), fetch), body });
  }

  /** Opens a room with these people. */
  open(title: string, members: readonly Person[] = [], more: Partial<Room> = {}): Promise<Room> {
    const body = { title, kind: more.kind === 'channel' ? 'channel' : 'group' } as const;
    return createRoom({
      client: this.api,
      body: {
        ...body,
        visibility: more.visibility ?? 'private',
        member_ids: members.map(({ user }) => user.id),
      },
    });
  }

  openDirect(other: Person): Promise<Room> {
    return openDirectRoom({ client: this.api, body: { user_id: other.user.id } });
  }

  setRole(room: RoomId, other: Person, role: Role): Promise<unknown> {
    const path = { room_id: room, user_id: other.user.id };
    return putMember({ client: this.api, path, body: { role } });
  }

  say(room: RoomId, body: string): Promise<Message> {
    return sendMessage({ client: this.api, path: { room_id: room }, body: { id: v7(), body } });
  }

  async rooms(): Promise<readonly Room[]> {
    return (await listRooms({ client: this.api })).items;
  }

  /** What the server has of a room, oldest first: at most 200 messages. */
  async history(room: RoomId): Promise<readonly Message[]> {
    const page = await readHistory({ client: this.api, path: { room_id: room }, query: { limit: 200 } });
    return page.items.toReversed();
  }
}
