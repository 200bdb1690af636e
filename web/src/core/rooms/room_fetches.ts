/**
 * Fetches rooms over REST, again and again until they are there or gone.
 *
 * Invariant: of an expected room one fetch is under way or waits for its next attempt.
 */
import type { Api } from '../api/api.ts';
import { ApiError, asApiError } from '../api/error.ts';
import type { Message, Room } from '../generated/frames.ts';
import { getRoom, listRooms, readHistory } from '../generated/rest/sdk.gen.ts';
import type { RoomId } from '../model.ts';
import type { KnownRooms } from './known_rooms.ts';
import { TAIL } from './timeline.ts';

/** Rooms of one page of the list. */
const PAGE = 200;
/** Rooms that are fetched one by one; with more the list is quicker. */
const FEW = 8;
/** Milliseconds before a failed fetch is repeated, at least and at most. */
const FIRST_PAUSE = 1_000;
const LONGEST_PAUSE = 30_000;

/** Refusals that mean that the person is in no such room. */
const GONE = new Set(['not_found', 'not_a_member', 'forbidden']);

export interface FetchesListener {
  /** A fetch has ended, one way or the other. */
  settled(): void;
  /** It will be repeated. */
  failed(error: ApiError): void;
}

export class RoomFetches {
  readonly #api: Api;
  readonly #rooms: KnownRooms;
  readonly #listener: FetchesListener;
  readonly #pauses = new Set<ReturnType<typeof setTimeout>>();
  /** Rooms whose end is being fetched. */
  readonly #ends = new Set<RoomId>();
  /** Answers that were asked for in another life are of no use. */
  #life = 0;

  constructor(api: Api, rooms: KnownRooms, listener: FetchesListener) {
    this.#api = api;
    this.#rooms = rooms;
    this.#listener = listener;
  }

  /** Nothing that is under way is of use any more. */
  forgetAll(): void {
    this.#life += 1;
    this.#ends.clear();
    for (const pause of this.#pauses) clearTimeout(pause);
    this.#pauses.clear();
  }

  /** `anew`: the positions of these rooms are not the server's. */
  fetch(ids: readonly RoomId[], anew = false): void {
    const waiting = ids.filter((id) => this.#rooms.expect(id, anew));
    if (waiting.length > FEW) void this.#repeat(() => this.#fetchAll(waiting));
    else for (const id of waiting) void this.#repeat(() => this.#fetchOne(id));
  }

  /** Fetches the newest messages of a room that was told without them. */
  fetchEnd(id: RoomId): void {
    if (!this.#lacksEnd(id) || this.#ends.has(id)) return;
    this.#ends.add(id);
    void this.#repeat(async () => {
      const end = this.#lacksEnd(id) ? await this.#end(id) : [];
      return () => {
        if (this.#lacksEnd(id)) this.#rooms.learnEnd(id, end);
        const done = !this.#lacksEnd(id);
        if (done) this.#ends.delete(id);
        return done;
      };
    });
  }

  /** All rooms of the person, with their last messages. */
  async list(): Promise<Room[]> {
    const rooms: Room[] = [];
    let cursor: string | undefined;
    do {
      const query = cursor === undefined ? { limit: PAGE } : { limit: PAGE, cursor };
      const page = await listRooms({ client: this.#api, query });
      rooms.push(...(page.items as Room[]));
      cursor = page.next ?? undefined;
    } while (cursor !== undefined);
    return rooms;
  }

  async #fetchOne(id: RoomId): Promise<() => boolean> {
    try {
      const room = await getRoom({ client: this.#api, path: { room_id: id } });
      const end = await this.#end(id);
      // It may have gone away meanwhile, or been told of otherwise.
      return () => !this.#rooms.isExpected(id) || this.#rooms.learn(room, end);
    } catch (error) {
      if (!isGone(error)) throw error;
      return () => {
        if (this.#rooms.isExpected(id)) this.#rooms.forget(id, 'removed');
        return true;
      };
    }
  }

  /** By the list, which has the last message of each. */
  async #fetchAll(ids: readonly RoomId[]): Promise<() => boolean> {
    const list = new Map((await this.list()).map((room) => [room.id, room]));
    return () => {
      let done = true;
      for (const id of ids.filter((id) => this.#rooms.isExpected(id))) {
        const room = list.get(id);
        if (!room) this.#rooms.forget(id, 'removed');
        else if (!this.#rooms.learn(room)) done = false;
      }
      return done;
    };
  }

  #lacksEnd(id: RoomId): boolean {
    return (this.#rooms.get(id)?.n ?? 0) > 0 && this.#rooms.tail(id).length === 0;
  }

  async #end(id: RoomId): Promise<readonly Message[]> {
    const page = await readHistory({ client: this.#api, path: { room_id: id }, query: { limit: TAIL } });
    return page.items.toReversed() as Message[];
  }

  /** Fetches, and takes what came; repeats it as long as it fails, or as what came is too old. */
  async #repeat(fetch: () => Promise<() => boolean>, attempts = 0): Promise<void> {
    const life = this.#life;
    let asked = 0;
    let done = false;
    try {
      const take = await fetch();
      if (life !== this.#life) return;
      done = take();
    } catch (error) {
      if (life !== this.#life) return;
      const problem = asApiError(error);
      asked = problem.retry_after_ms ?? 0;
      this.#listener.failed(problem);
    }
    this.#listener.settled();
    if (done) return;
    const longest = Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** attempts);
    const pause = setTimeout(
      () => {
        this.#pauses.delete(pause);
        void this.#repeat(fetch, attempts + 1);
      },
      asked + longest * (0.5 + 0.5 * Math.random()),
    );
    this.#pauses.add(pause);
  }
}

function isGone(error: unknown): boolean {
  return error instanceof ApiError && GONE.has(error.code);
}
