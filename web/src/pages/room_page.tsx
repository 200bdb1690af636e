import { useParams, useSearch } from '@tanstack/react-router';
import { useEffect } from 'react';
import { useLive } from '#/app/client_context.tsx';
import { usePageTitle } from '#/app/document_title.ts';
import { lastRoom } from '#/app/remembered.ts';
import { roomName } from '#/app/room_name.ts';
import { SkeletonRows } from '#/components/skeleton.tsx';
import { Conversation } from '#/conversation/conversation.tsx';
import type { RoomState } from '#/core/model.ts';
import { useText } from '#/i18n/text.ts';
import { MissingRoom } from './room/missing_room.tsx';
import { RoomHeader } from './room/room_header.tsx';

export function RoomPage() {
  const roomId = useParams({ from: '/signed-in/rooms/$roomId' }).roomId;
  const room = useLive((state) => state.rooms[roomId]);
  const ready = useLive((state) => state.ready);
  const failed = useLive((state) => state.failure !== undefined);
  if (room) return <OpenRoom room={room} />;
  if (!ready && !failed)
    return <SkeletonRows count={6} className="mx-auto w-full max-w-3xl flex-1 overflow-hidden p-6" />;
  return <MissingRoom key={roomId} roomId={roomId} />;
}

function OpenRoom({ room }: { room: RoomState }) {
  const t = useText();
  const roomId = room.id;
  const { n } = useSearch({ from: '/signed-in/rooms/$roomId' });
  const me = useLive((state) => state.me.id);
  usePageTitle(roomName(room, t));
  useEffect(() => lastRoom(me).set(roomId), [me, roomId]);
  return (
    <>
      <RoomHeader room={room} />
      <Conversation roomId={roomId} n={n} />
    </>
  );
}
