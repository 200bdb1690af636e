/** What is shown of rooms that are looked at: fetched when it is missing, and kept for a while afterwards. */
import type { Api } from '../api/api.ts';
import { asApiError } from '../api/error.ts';
import { readHistory } from '../generated/rest/sdk.gen.ts';
import type { LiveStore } from '../live_store.ts';
import {
  type Count,
  type Loading,
  type Message,
  type RoomId,
  startsAtBeginning,
  type Timeline,
} from '../model.ts';
import type { KnownRooms } from './known_rooms.ts';
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
/** Pages that a room may move on by while its end is being fetched. */
const MOST_CHASED = 5;

export class Windows {
  readonly #live: LiveStore;
  readonly #rooms: KnownRooms;
  readonly #api: Api;
  /** Messages that were fetched, before they are shown. */
  readonly #seen: (messages: readonly Message[]) => void;
  /** How many look at a room; the order is that of the last look. */
  readonly #looks = new Map<RoomId, number>();
  /** Fetches whose window was moved elsewhere meanwhile are of no use. */
  readonly #fetches = new Map<RoomId, symbol>();

  constructor(live: LiveStore, rooms: KnownRooms, api: Api, seen: (messages: readonly Message[]) => void) {
    this.#live = live;
    this.#rooms = rooms;
    this.#api = api;
    this.#seen = seen;
  }

  open(id: RoomId): () => void {
    const before = this.#looks.get(id) ?? 0;
    this.#looks.delete(id);
    this.#looks.set(id, before + 1);
    // Who comes back begins at the first unread message or at the end, not somewhere above.
    if (before === 0 && this.#timeline(id)?.at_end === false) this.forget(id);
    this.#tryAgain(id);
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
    if (unread > NEAR) void this.#fetch(id, 'window', { around: room.read_n + 1, limit: PAGE });
    else void this.#fetchEnd(id, Math.max(PAGE, unread + CONTEXT));
  }

  /** A connection is there: what failed without one is tried again. */
  online(): void {
    for (const id of this.#looks.keys()) if (this.#timeline(id)?.failure) this.#tryAgain(id);
  }

  /** The room is gone: what is on its way belongs to nothing. */
  forget(id: RoomId): void {
    this.#fetches.delete(id);
    this.#live.put('timelines', id, undefined);
  }

  async loadOlder(id: RoomId): Promise<void> {
    const timeline = this.#timeline(id);
    if (!timeline || timeline.loading || startsAtBeginning(timeline)) return;
    const oldest = timeline.messages[0];
    if (oldest) await this.#fetch(id, 'older', { before: oldest.n, limit: PAGE });
    else await this.#fetchEnd(id, PAGE);
  }

  async loadNewer(id: RoomId): Promise<void> {
    const timeline = this.#timeline(id);
    if (!timeline || timeline.loading || timeline.at_end) return;
    const newest = timeline.messages.at(-1);
    if (newest) await this.#fetch(id, 'newer', { after: newest.n, limit: PAGE });
    else await this.#fetchEnd(id, PAGE);
  }

  async jumpTo(id: RoomId, n: Count): Promise<void> {
    const around = Math.max(1, Math.min(n, this.#rooms.get(id)?.n ?? 0));
    const messages = this.#timeline(id)?.messages ?? [];
    const there = (messages[0]?.n ?? around + 1) <= around && around <= (messages.at(-1)?.n ?? 0);
    if (!there && this.#rooms.get(id)?.n) await this.#fetch(id, 'window', { around, limit: PAGE });
  }

  async jumpToEnd(id: RoomId): Promise<void> {
    const room = this.#rooms.get(id);
    if (this.#timeline(id)?.at_end) return this.#tryAgain(id);
    if (!room) return;
    const tail = fromTail(this.#rooms.tail(id), room.n);
    if (tail.messages.length < ENOUGH && !startsAtBeginning(tail)) return this.#fetchEnd(id, PAGE);
    this.#fetches.delete(id);
    this.#live.put('timelines', id, tail);
  }

  #tryAgain(id: RoomId): void {
    this.#update(id, (timeline) => ({ ...timeline, failure: undefined }));
    this.show(id);
  }

  /** The end of the room, which may move on by more than a page meanwhile. */
  async #fetchEnd(id: RoomId, limit: number): Promise<void> {
    const before = (this.#rooms.get(id)?.n ?? 0) + 1;
    let placed = await this.#fetch(id, 'window', { before, limit });
    for (let page = 0; placed && page < MOST_CHASED; page += 1) {
      const timeline = this.#timeline(id);
      if (!timeline || timeline.at_end) return;
      placed = await this.#fetch(id, 'newer', { after: timeline.messages.at(-1)?.n ?? 0, limit: PAGE });
    }
  }

  /** One fetch at a time per room; the last one that was asked for wins. Says whether this one did. */
  async #fetch(id: RoomId, loading: Loading, query: Query): Promise<boolean> {
    const fetch = Symbol();
    this.#fetches.set(id, fetch);
    this.#update(id, (timeline) => ({ ...timeline, loading, failure: undefined }));
    try {
      const page = await readHistory({ client: this.#api, path: { room_id: id }, query });
      if (this.#fetches.get(id) !== fetch) return false;
      const newestFirst = query.before !== undefined;
      const messages = (newestFirst ? page.items.toReversed() : page.items) as Message[];
      this.#seen(messages);
      this.#place(id, loading, messages);
      return true;
    } catch (error) {
      if (this.#fetches.get(id) !== fetch) return false;
      const { code, detail } = asApiError(error);
      this.#update(id, (timeline) => ({ ...timeline, loading: undefined, failure: { code, detail } }));
      return false;
    }
  }

  #place(id: RoomId, loading: Loading, page: readonly Message[]): void {
    const n = this.#rooms.get(id)?.n;
    if (n === undefined) return;
    const tail = this.#rooms.tail(id);
    this.#update(id, (timeline) => {
      if (loading === 'older') return withOlder(timeline, page);
      if (loading === 'newer') return withNewer(timeline, page, tail, n);
      // What is newer than all that is known here comes by itself.
      const window = fromPage(page, tail, n);
      return window.messages.length > 0 ? window : withNewer(timeline, [], tail, n);
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
      this.forget(id);
    }
  }
}

interface Query {
  readonly before?: Count;
  readonly after?: Count;
  readonly around?: Count;
  readonly limit: number;
}
