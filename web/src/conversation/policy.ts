import type { RoomState } from '#/core/model.ts';

/** Why somebody may not write in a room. */
export type Silence = 'reader' | 'channel';

/** As `may_post` of services/chat/src/domain/policy.rs: readers never write, in channels only owners and admins do. */
export function silenceOf(room: Pick<RoomState, 'kind' | 'role'>): Silence | undefined {
  if (room.role === 'owner' || room.role === 'admin') return undefined;
  if (room.kind === 'channel') return 'channel';
  return room.role === 'reader' ? 'reader' : undefined;
}
