import { Link } from '@tanstack/react-router';
import { ArrowLeft, EllipsisVertical, LogOut, Settings, Users } from 'lucide-react';
import { useState } from 'react';
import { useLive } from '#/app/client_context.tsx';
import { roomName, roomPicture } from '#/app/room_name.ts';
import { Avatar } from '#/components/avatar.tsx';
import { IconButton, iconButtonClass } from '#/components/icon_button.tsx';
import { Menu, MenuItem, MenuLink, MenuSeparator } from '#/components/menu.tsx';
import { Tooltip } from '#/components/tooltip.tsx';
import type { RoomId } from '#/core/model.ts';
import { useText } from '#/i18n/text.ts';
import { LeaveDialog } from './leave_dialog.tsx';

/** Which room it is, who is in it, and what can be done about it. */
export function RoomHeader({ roomId }: { roomId: RoomId }) {
  const t = useText();
  const room = useLive((state) => state.rooms[roomId]);
  const [leaving, setLeaving] = useState(false);
  if (!room) return null;
  const name = roomName(room, t);
  const direct = room.kind === 'direct';
  return (
    <header className="flex h-14 shrink-0 items-center gap-2 border-line border-b ps-2 pe-3 md:ps-5">
      <Link to="/" aria-label={t('back_to_rooms')} className={`${iconButtonClass()} md:hidden`}>
        <ArrowLeft className="rtl:-scale-x-100" aria-hidden="true" />
      </Link>
      <Avatar {...roomPicture(room)} name={name} size="sm" />
      <div className="ms-1 min-w-0 flex-1">
        <h1 dir="auto" className="truncate text-parent font-semibold text-[0.9375rem]">
          {name}
        </h1>
        <p dir="auto" className="truncate text-parent text-ink-faint text-xs">
          {direct ? `@${room.peer?.username ?? ''}` : (room.topic ?? t(`rooms:${room.visibility}`))}
        </p>
      </div>
      {!direct && (
        <>
          <Tooltip label={t('rooms:members')}>
            <Link
              to="/rooms/$roomId/members"
              params={{ roomId }}
              aria-label={t('members', { count: room.member_count })}
              className="inline-flex h-9 shrink-0 items-center gap-1.5 rounded-lg px-2.5 text-[0.8125rem] text-ink-soft tabular-nums transition-colors hover:bg-hover hover:text-ink pointer-coarse:h-11"
            >
              <Users className="size-[1.125rem]" aria-hidden="true" />
              {room.member_count}
            </Link>
          </Tooltip>
          <Menu trigger={<IconButton label={t('rooms:room_menu')} icon={<EllipsisVertical />} />}>
            <MenuLink icon={<Users />} render={<Link to="/rooms/$roomId/members" params={{ roomId }} />}>
              {t('rooms:members')}
            </MenuLink>
            <MenuLink icon={<Settings />} render={<Link to="/rooms/$roomId/settings" params={{ roomId }} />}>
              {t('rooms:settings')}
            </MenuLink>
            <MenuSeparator />
            <MenuItem icon={<LogOut />} danger onClick={() => setLeaving(true)}>
              {t('rooms:leave')}
            </MenuItem>
          </Menu>
          <LeaveDialog room={room} open={leaving} onOpenChange={setLeaving} />
        </>
      )}
    </header>
  );
}
