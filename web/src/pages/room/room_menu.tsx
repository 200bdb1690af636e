import { Link } from '@tanstack/react-router';
import { EllipsisVertical, LogOut, Settings, Users } from 'lucide-react';
import { useState } from 'react';
import { useLive } from '#/app/client_context.tsx';
import { IconButton } from '#/components/icon_button.tsx';
import { Menu, MenuItem, MenuLink, MenuSeparator } from '#/components/menu.tsx';
import type { RoomId } from '#/core/model.ts';
import { useText } from '#/i18n/text.ts';
import { LeaveDialog } from './leave_dialog.tsx';

/** What can be done with a room. Nothing with a direct one, which is as it is. */
export function RoomMenu({ roomId }: { roomId: RoomId }) {
  const t = useText();
  const room = useLive((state) => state.rooms[roomId]);
  const [leaving, setLeaving] = useState(false);
  if (!room || room.kind === 'direct') return null;
  return (
    <>
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
  );
}
