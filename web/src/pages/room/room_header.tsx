import { Link } from '@tanstack/react-router';
import { ArrowLeft, Users } from 'lucide-react';
import { roomName, roomPicture } from '#/app/room_name.ts';
import { Avatar } from '#/components/avatar.tsx';
import { iconButtonClass } from '#/components/icon_button.tsx';
import { Tooltip } from '#/components/tooltip.tsx';
import { inOrder } from '#/conversation/markdown/bidi.ts';
import type { RoomState } from '#/core/model.ts';
import { useText } from '#/i18n/text.ts';
import { RoomMenu } from './room_menu.tsx';

/** Which room this is, who is in it, and what can be done with it. */
export function RoomHeader({ room }: { room: RoomState }) {
  const t = useText();
  const direct = room.kind === 'direct';
  const name = roomName(room, t);
  return (
    <header className="flex h-14 shrink-0 items-center gap-3 border-line border-b bg-canvas ps-2 pe-2 sm:ps-4">
      <Link to="/rooms" aria-label={t('common:back_to_rooms')} className={`${iconButtonClass()} md:hidden`}>
        <ArrowLeft className="rtl:-scale-x-100" />
      </Link>
      <Avatar {...roomPicture(room)} name={name} />
      <div className="min-w-0 flex-1">
        <h1 className="truncate font-semibold text-[0.9375rem]" title={name}>
          <bdi>{name}</bdi>
        </h1>
        <Subtitle room={room} />
      </div>
      {!direct && (
        <Tooltip label={t('rooms:members')}>
          <Link
            to="/rooms/$roomId/members"
            params={{ roomId: room.id }}
            aria-label={t('common:members', { count: room.member_count })}
            className={`${iconButtonClass()} w-auto! gap-1.5 px-2.5`}
          >
            <Users />
            <span className="text-xs tabular-nums">{room.member_count}</span>
          </Link>
        </Tooltip>
      )}
      <RoomMenu roomId={room.id} />
    </header>
  );
}

/** What the room is about. */
function Subtitle({ room }: { room: RoomState }) {
  const t = useText();
  const text = room.topic
    ? inOrder(room.topic)
    : room.peer
      ? `@${room.peer.username}`
      : t('common:members', { count: room.member_count });
  return (
    <p dir="auto" className="truncate text-parent text-ink-faint text-xs" title={text}>
      {text}
    </p>
  );
}
