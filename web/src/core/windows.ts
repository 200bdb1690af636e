/** What is shown of rooms that are looked at: fetched when it is missing, and kept for a while afterwards. */
import type { Api } from './api/api.ts';
import { ApiError } from './api/error.ts';
import { readHistory } from './generated/rest/sdk.gen.ts';
import type { KnownRooms } from './known_rooms.ts';
import type { LiveStore } from './live_store.ts';
import {
  type Count,
  type Loading,
  type Message,
  type RoomId,
  startsAtBeginning,
  type Timeline,
} from './model.ts';
import { fromPage, fromTail, withNewer, withOlder } from './timeline.ts';

/** Messages of one fetch. */
const PAGE = 100;
/** More unread messages than that, and the room opens around the first one instead of at its end. */
const NEAR = 150;
/** Messages above the first unread one. */
const CONTEXT = 20;
/** What fills a screen. */
const ENOUGH = 30;
/** Rooms whose windows are kept after they were looked at. */
const KEPT = 12;

export class Windows {
  readonly #live: LiveStore;
  readonly #rooms: KnownRooms;
  readonly #api: Api;
  /** How many look at a room; the order is that of the last look. */
  readonly #looks = new Map<RoomId, number>();
  /** Fetches whose room was moved elsewhere meanwhile are of no use. */
  readonly #fetches = new Map<RoomId, symbol>();

  constructor(live: LiveStore, rooms: KnownRooms, api: Api) {
    this.#live = live;
    this.#rooms = rooms;
    this.#api = api;
  }

  open(id: RoomId): () => void {
    const looks = (this.#looks.get(id) ?? 0) + 1;
    this.#looks.delete(id);
    this.#looks.set(id, looks);
    this.show(id);
    let closed = false;
    return () => {
      if (closed) return;
      closed = true;
      this.#looks.set(id, Math.max(0, (this.#looks.get(id) ?? 0) - 1));
      this.#evict();
    };
  }

  /** Shows a room that is looked at, with what is missing. */
  show(id: RoomId): void {
    const room = this.#rooms.get(id);
    if (!room || !this.#looks.get(id)) return;
    let timeline = this.#timeline(id);
    if (!timeline) {
      timeline = fromTail(this.#rooms.tail(id), room.n);
      this.#live.put('timelines', id, timeline);
    }
    const unread = room.n - room.read_n;
    const oldest = timeline.messages[0]?.n ?? room.n + 1;
    const whole = timeline.messages.length >= ENOUGH || startsAtBeginning(timeline);
    const shown =
      timeline.messages.length > 0 && (timeline.at_end ? whole && oldest <= room.read_n + 1 : true);
    if (shown || room.n === 0) return;
    void this.#fetch(id, 'window', () =>
      unread > NEAR ? { around: room.read_n + 1, limit: PAGE } : { limit: Math.max(PAGE, unread + CONTEXT) },
    );
  }

  loadOlder(id: RoomId): Promise<void> {
    const timeline = this.#timeline(id);
    if (!timeline || timeline.loading || startsAtBeginning(timeline)) return Promise.resolve();
    return this.#fetch(id, 'older', () => {
      const oldest = this.#timeline(id)?.messages[0];
      return oldest ? { before: oldest.n, limit: PAGE } : { limit: PAGE };
    });
  }

  loadNewer(id: RoomId): Promise<void> {
    const timeline = this.#timeline(id);
    if (!timeline || timeline.loading || timeline.at_end) return Promise.resolve();
    return this.#fetch(id, 'newer', () => ({
      after: this.#timeline(id)?.messages.at(-1)?.n ?? 0,
      limit: PAGE,
    }));
  }

  jumpTo(id: RoomId, n: Count): Promise<void> {
    const messages = this.#timeline(id)?.messages ?? [];
    const there = (messages[0]?.n ?? n + 1) <= n && n <= (messages.at(-1)?.n ?? 0);
    return there ? Promise.resolve() : this.#fetch(id, 'window', () => ({ around: n, limit: PAGE }));
  }

  jumpToEnd(id: RoomId): Promise<void> {
    const room = this.#rooms.get(id);
    if (!room || this.#timeline(id)?.at_end) return Promise.resolve();
    const tail = this.#rooms.tail(id);
    if (tail.length >= ENOUGH) {
      this.#fetches.delete(id);
      this.#live.put('timelines', id, fromTail(tail, room.n));
      return Promise.resolve();
    }
    return this.#fetch(id, 'window', () => ({ limit: PAGE }));
  }

  /** One fetch at a time per room; the last one that was asked for wins. */
  async #fetch(id: RoomId, loading: Loading, query: () => Query): Promise<void> {
    const fetch = Symbol();
    this.#fetches.set(id, fetch);
    this.#update(id, (timeline) => ({ ...timeline, loading, failure: undefined }));
    const asked = query();
    try {
      const page = await readHistory({ client: this.#api, path: { room_id: id }, query: asked });
      if (this.#fetches.get(id) !== fetch) return;
      const newestFirst = asked.around === undefined && asked.after === undefined;
      const messages = (newestFirst ? page.items.toReversed() : page.items) as Message[];
      this.#place(id, loading, messages);
    } catch (error) {
      if (this.#fetches.get(id) !== fetch) return;
      const { code, detail } =
        error instanceof ApiError ? error : { code: 'internal', detail: String(error) };
      this.#update(id, (timeline) => ({ ...timeline, loading: undefined, failure: { code, detail } }));
    }
  }

  #place(id: RoomId, loading: Loading, page: readonly Message[]): void {
    const n = this.#rooms.get(id)?.n;
    if (n === undefined) return;
    const tail = this.#rooms.tail(id);
    this.#update(id, (timeline) => {
      if (loading === 'older') return withOlder(timeline, page);
      return loading === 'newer' ? withNewer(timeline, page, tail, n) : fromPage(page, tail, n);
    });
  }

  #update(id: RoomId, change: (timeline: Timeline) => Timeline): void {
    const timeline = this.#timeline(id);
    if (timeline) this.#live.put('timelines', id, change(timeline));
  }

  #timeline(id: RoomId): Timeline | undefined {
    return this.#live.state.timelines[id];
  }

  #evict(): void {
    const unwatched = [...this.#looks].filter(([, looks]) => looks === 0).map(([id]) => id);
    for (const id of unwatched.slice(0, -KEPT)) {
      this.#looks.delete(id);
      this.#fetches.delete(id);
      this.#live.put('timelines', id, undefined);
    }
  }
}

interface Query {
  before?: Count;
  after?: Count;
  around?: Count;
  limit: number;
}
