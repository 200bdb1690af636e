import { useMutation, useQueryClient } from '@tanstack/react-query';
import { EllipsisVertical, LogOut, MessageCircle, UserMinus } from 'lucide-react';
import { useState } from 'react';
import { useClient, useLive } from '#/app/client_context.tsx';
import { failureText } from '#/app/failure_text.ts';
import { mayRemove, rolesToGive } from '#/app/roles.ts';
import { Tag } from '#/components/badge.tsx';
import { ConfirmDialog } from '#/components/confirm_dialog.tsx';
import { IconButton } from '#/components/icon_button.tsx';
import { Menu, MenuItem } from '#/components/menu.tsx';
import { Select } from '#/components/select.tsx';
import { toast } from '#/components/toast.tsx';
import { type Member, putMember, removeMember } from '#/core/generated/rest/index.ts';
import type { Role, RoomState } from '#/core/model.ts';
import { useText } from '#/i18n/text.ts';
import { PersonLine } from '../people/person_line.tsx';
import { useDirectChat } from '../people/use_direct_chat.ts';
import { LeaveDialog } from '../room/leave_dialog.tsx';

/** A member, with what the person who looks at it may do about it. */
export function MemberLine({ room, member }: { room: RoomState; member: Member }) {
  const t = useText();
  const mine = useLive((state) => state.me.id === member.user.id);
  const chat = useDirectChat();
  const [removing, setRemoving] = useState(false);
  const [leaving, setLeaving] = useState(false);
  const name = member.user.display_name;
  const person = member.user.kind !== 'bridged';
  const removable = !mine && mayRemove(room.kind, room.role, member.role);
  return (
    <li>
      <PersonLine
        user={member.user}
        mine={mine}
        actions={
          <div className="flex shrink-0 items-center gap-1">
            <RoleChoice room={room} member={member} />
            {(mine || person || removable) && (
              <Menu
                trigger={<IconButton label={t('rooms:member_menu', { name })} icon={<EllipsisVertical />} />}
              >
                {!mine && person && (
                  <MenuItem icon={<MessageCircle />} onClick={() => chat.mutate(member.user.id)}>
                    {t('rooms:message_person')}
                  </MenuItem>
                )}
                {removable && (
                  <MenuItem icon={<UserMinus />} danger onClick={() => setRemoving(true)}>
                    {t('rooms:remove')}
                  </MenuItem>
                )}
                {mine && (
                  <MenuItem icon={<LogOut />} danger onClick={() => setLeaving(true)}>
                    {t('rooms:leave')}
                  </MenuItem>
                )}
              </Menu>
            )}
          </div>
        }
      />
      <RemoveDialog room={room} member={member} open={removing} onOpenChange={setRemoving} />
      {mine && <LeaveDialog room={room} open={leaving} onOpenChange={setLeaving} />}
    </li>
  );
}

function RoleChoice({ room, member }: { room: RoomState; member: Member }) {
  const t = useText();
  const client = useClient();
  const queries = useQueryClient();
  const name = member.user.display_name;
  const change = useMutation({
    mutationFn: (role: Role) =>
      putMember({ client: client.api, path: { room_id: room.id, user_id: member.user.id }, body: { role } }),
    onSuccess: (_, role) => toast(t('rooms:role_changed', { name, role: t(`rooms:role_${role}`) })),
    onError: (error) => toast(failureText(error, t), { tone: 'danger' }),
    onSettled: () => queries.invalidateQueries({ queryKey: ['members', room.id] }),
  });
  const roles = rolesToGive(room.kind, room.role, member.role);
  if (roles.length === 0 || member.user.kind === 'bridged')
    return <Tag tone={member.role === 'owner' ? 'accent' : 'plain'}>{t(`rooms:role_${member.role}`)}</Tag>;
  return (
    <Select
      label={t('rooms:role_of', { name })}
      labelHidden
      // Shown at once; what the server says comes with the members.
      value={change.isPending ? change.variables : member.role}
      disabled={change.isPending}
      onValueChange={(role) => role !== member.role && change.mutate(role)}
      choices={roles.map((role) => ({
        value: role,
        label: t(`rooms:role_${role}`),
        hint: t(
          role === 'member' && room.kind === 'channel'
            ? 'rooms:role_member_channel_hint'
            : `rooms:role_${role}_hint`,
        ),
      }))}
    />
  );
}

interface RemoveDialogProps {
  room: RoomState;
  member: Member;
  open: boolean;
  onOpenChange: (open: boolean) => void;
}

function RemoveDialog({ room, member, open, onOpenChange }: RemoveDialogProps) {
  const t = useText();
  const client = useClient();
  const queries = useQueryClient();
  const name = member.user.display_name;
  const remove = useMutation({
    mutationFn: () =>
      removeMember({ client: client.api, path: { room_id: room.id, user_id: member.user.id } }),
    onSuccess: () => {
      onOpenChange(false);
      toast(t('rooms:removed', { name }));
    },
    onSettled: () => queries.invalidateQueries({ queryKey: ['members', room.id] }),
  });
  return (
    <ConfirmDialog
      open={open}
      onOpenChange={(next) => {
        remove.reset();
        onOpenChange(next);
      }}
      title={t('rooms:remove_title', { name })}
      action={t('rooms:remove')}
      busy={remove.isPending}
      error={remove.error ? failureText(remove.error, t) : undefined}
      onConfirm={() => remove.mutate()}
    >
      {t('rooms:remove_text')}
    </ConfirmDialog>
  );
}
