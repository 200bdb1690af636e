import { useMutation, useQueryClient } from '@tanstack/react-query';
import { UserPlus } from 'lucide-react';
import { useState } from 'react';
import { useClient } from '#/app/client_context.tsx';
import { failureText } from '#/app/failure_text.ts';
import { Button } from '#/components/button.tsx';
import { Dialog } from '#/components/dialog.tsx';
import { toast } from '#/components/toast.tsx';
import { type Member, putMember } from '#/core/generated/rest/index.ts';
import type { RoomState, UserId } from '#/core/model.ts';
import { useText } from '#/i18n/text.ts';
import { PersonSearch } from '../people/person_search.tsx';

interface AddPeopleDialogProps {
  room: RoomState;
  /** As far as they are known. */
  members: readonly Member[];
  open: boolean;
  onOpenChange: (open: boolean) => void;
}

/** Finds people and takes them into the room, one by one. */
export function AddPeopleDialog({ room, members, open, onOpenChange }: AddPeopleDialogProps) {
  const t = useText();
  const client = useClient();
  const queries = useQueryClient();
  const [typed, setTyped] = useState('');
  const [added, setAdded] = useState<ReadonlySet<UserId>>(new Set());
  const add = useMutation({
    mutationFn: (user: UserId) =>
      putMember({
        client: client.api,
        path: { room_id: room.id, user_id: user },
        // As if they had come by themselves.
        body: { role: room.kind === 'channel' ? 'reader' : 'member' },
      }),
    onSuccess: (_, user) => setAdded((before) => new Set(before).add(user)),
    onError: (error) => toast(failureText(error, t), { tone: 'danger' }),
    onSettled: () => queries.invalidateQueries({ queryKey: ['members', room.id] }),
  });
  const inside = (user: UserId) => added.has(user) || members.some((member) => member.user.id === user);

  return (
    <Dialog
      open={open}
      onOpenChange={(next) => {
        if (!next) setTyped('');
        onOpenChange(next);
      }}
      title={t('rooms:add_people')}
      actions={
        <Button variant="primary" onClick={() => onOpenChange(false)}>
          {t('rooms:add_done')}
        </Button>
      }
    >
      <div className="min-h-64">
        <PersonSearch
          typed={typed}
          onTyped={setTyped}
          label={t('rooms:people_search')}
          labelHidden
          without={(user) => user.kind === 'bridged'}
          actions={(user) =>
            inside(user.id) ? (
              <span className="shrink-0 text-[0.8125rem] text-ink-faint">{t('rooms:added')}</span>
            ) : (
              <Button
                size="sm"
                icon={<UserPlus className="size-4" aria-hidden="true" />}
                aria-label={`${t('rooms:add')}: ${user.display_name}`}
                busy={add.isPending && add.variables === user.id}
                onClick={() => add.mutate(user.id)}
              >
                {t('rooms:add')}
              </Button>
            )
          }
        />
      </div>
    </Dialog>
  );
}
