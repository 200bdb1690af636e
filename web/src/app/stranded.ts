/** What was written for rooms that went away. */
import type { Draft, LiveState, Outgoing, RoomId } from '#/core/model.ts';

type Known = Pick<LiveState, 'ready' | 'rooms' | 'drafts' | 'outbox'>;

export interface Stranded {
  readonly room: RoomId;
  readonly drafts: readonly Draft[];
  readonly outgoing: readonly Outgoing[];
}

export function stranded(state: Known): readonly Stranded[] {
  // Before the rooms are known, every room seems to be gone.
  if (!state.ready) return [];
  const found = new Map<RoomId, { drafts: Draft[]; outgoing: Outgoing[] }>();
  const at = (room: RoomId) => {
    let entry = found.get(room);
    if (!entry) {
      entry = { drafts: [], outgoing: [] };
      found.set(room, entry);
    }
    return entry;
  };
  for (const [room, draft] of Object.entries(state.drafts))
    if (!state.rooms[room] && draft?.text.trim()) at(room).drafts.push(draft);
  for (const [room, outgoing] of Object.entries(state.outbox))
    if (!state.rooms[room])
      for (const entry of outgoing ?? []) if (entry.state !== 'sent') at(room).outgoing.push(entry);
  return [...found].map(([room, entry]) => ({ room, ...entry }));
}

export function strandedCount(state: Known): number {
  let count = 0;
  for (const entry of stranded(state)) count += entry.drafts.length + entry.outgoing.length;
  return count;
}
