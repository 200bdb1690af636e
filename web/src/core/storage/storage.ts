/** What outlives the page. */
import type {
  Draft,
  Durability,
  Failure,
  Message,
  MessageId,
  Outgoing,
  RoomId,
  RoomState,
} from '../model.ts';

/** A room as it was seen last, with the end of its messages. */
export interface SavedRoom {
  readonly room: RoomState;
  /** Ends with the room's last message, or is empty. */
  readonly tail: readonly Message[];
  /** The read position of this device is not known to the server yet. */
  readonly read_pending: boolean;
}

/** A message in the outbox. It is there until the server has it or the person discards it. */
export interface SavedOutgoing extends Omit<Outgoing, 'state' | 'failure'> {
  /** Set when it waits for the person. */
  readonly failure: Failure | undefined;
  /** The tab that sends it. */
  readonly tab: string;
  /** Its place among all that were written on this device. */
  readonly order: number;
}

export interface Saved {
  /** The life of the database that the rooms belong to. */
  readonly epoch: string | undefined;
  /** Whether these are all rooms of the person. */
  readonly complete: boolean;
  readonly rooms: readonly SavedRoom[];
  readonly outbox: readonly SavedOutgoing[];
  readonly drafts: ReadonlyMap<RoomId, Draft>;
}

export const NOTHING_SAVED: Saved = {
  epoch: undefined,
  complete: false,
  rooms: [],
  outbox: [],
  drafts: new Map(),
};

/** What changed of the rooms since the last time. */
export interface RoomChanges {
  readonly epoch: string;
  /** How many rooms the person has; `undefined` where that is not known. */
  readonly total: number | undefined;
  readonly changed: readonly SavedRoom[];
  readonly gone: readonly RoomId[];
}

/**
 * Shared by the tabs of one person. A tab that is behind takes nothing back: of a room the newest `seq` and the
 * furthest read position are kept, as long as the epoch is the same. No call fails: what can't be kept durably is kept in memory, and `durability` says so.
 */
export interface Storage {
  readonly durability: Durability;
  /** Called when durability changes. */
  onDurability(listener: (durability: Durability) => void): void;
  load(): Promise<Saved>;
  saveRooms(changes: RoomChanges): Promise<void>;
  loadOutbox(): Promise<readonly SavedOutgoing[]>;
  putOutgoing(outgoing: SavedOutgoing): Promise<void>;
  removeOutgoing(id: MessageId): Promise<void>;
  loadDraft(room: RoomId): Promise<Draft | undefined>;
  saveDraft(room: RoomId, draft: Draft | undefined): Promise<void>;
  /** Forgets everything of this person. */
  clear(): Promise<void>;
  close(): void;
}

/** A room after a tab has written it. */
export function merged(before: SavedRoom | undefined, saved: SavedRoom): SavedRoom {
  if (!before) return saved;
  const newest = before.room.seq <= saved.room.seq ? saved : before;
  const furthest = before.room.read_n <= saved.room.read_n ? saved : before;
  const { read_n } = furthest.room;
  return { ...newest, room: { ...newest.room, read_n }, read_pending: furthest.read_pending };
}

/** Whether so many rooms are all. */
export function isComplete(rooms: number, { total }: RoomChanges): boolean {
  return total !== undefined && rooms >= total;
}
