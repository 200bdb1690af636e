import { inOrder } from '#/conversation/markdown/bidi.ts';
import type { RoomState } from '#/core/model.ts';
import type { Text } from '#/i18n/text.ts';

/** What a room is called for the person who looks at it: a direct room by the other person's name. */
export function roomName(room: Pick<RoomState, 'kind' | 'title' | 'peer'>, t: Text): string {
  const name = room.kind === 'direct' ? (room.peer?.display_name ?? t('shell:somebody')) : room.title;
  return inOrder(name);
}

/** Whose colour and shape its picture has. */
export function roomPicture(room: Pick<RoomState, 'id' | 'kind' | 'peer'>): {
  id: string;
  shape: 'person' | 'room';
} {
  return room.kind === 'direct'
    ? { id: room.peer?.id ?? room.id, shape: 'person' }
    : { id: room.id, shape: 'room' };
}
