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
  User,
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
  readonly me: User | undefined;
  /** The life of the database that the rooms belong to. */
  readonly epoch: string | undefined;
  /** Whether these are all rooms of the person. */
  readonly complete: boolean;
  readonly rooms: readonly SavedRoom[];
  readonly outbox: readonly SavedOutgoing[];
  readonly drafts: ReadonlyMap<RoomId, Draft>;
}

export const NOTHING_SAVED: Saved = {
  me: undefined,
  epoch: undefined,
  complete: false,
  rooms: [],
  outbox: [],
  drafts: new Map(),
};

/** What changed of the rooms since the last time. */
export interface RoomChanges {
  readonly epoch: string;
  readonly me: User;
  readonly complete: boolean;
  readonly changed: readonly SavedRoom[];
  readonly gone: readonly RoomId[];
}

/**
 * Shared by the tabs of one person. A tab that is behind takes nothing back: a room is written only with a newer
 * `seq` of the same epoch. No call fails: what can't be kept durably is kept in memory, and `durability` says so.
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
