import { useMutation } from '@tanstack/react-query';
import { useNavigate, useParams } from '@tanstack/react-router';
import { LogOut, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { useClient, useLive } from '#/app/client_context.tsx';
import { failureText } from '#/app/failure_text.ts';
import { mayDelete, mayDescribe } from '#/app/roles.ts';
import { Page, Section } from '#/app/shell/page.tsx';
import { Tag } from '#/components/badge.tsx';
import { Banner } from '#/components/banner.tsx';
import { Button } from '#/components/button.tsx';
import { ConfirmDialog } from '#/components/confirm_dialog.tsx';
import { SkeletonRows } from '#/components/skeleton.tsx';
import { toast } from '#/components/toast.tsx';
import { deleteRoom } from '#/core/generated/rest/index.ts';
import type { RoomState } from '#/core/model.ts';
import { useText } from '#/i18n/text.ts';
import { DescriptionForm } from './room/description_form.tsx';
import { LeaveDialog } from './room/leave_dialog.tsx';
import { MissingRoom } from './room/missing_room.tsx';

export function RoomSettingsPage() {
  const { roomId } = useParams({ from: '/signed-in/rooms/$roomId/settings' });
  const room = useLive((state) => state.rooms[roomId]);
  const ready = useLive((state) => state.ready || state.failure !== undefined);
  if (room) return <Settings key={room.id} room={room} />;
  return ready ? <MissingRoom roomId={roomId} /> : <SkeletonRows count={6} className="p-6" />;
}

function Settings({ room }: { room: RoomState }) {
  const t = useText();
  const [leaving, setLeaving] = useState(false);
  const [deleting, setDeleting] = useState(false);
  const direct = room.kind === 'direct';
  return (
    <Page title={t('rooms:settings')} back={{ to: '/rooms/$roomId', params: { roomId: room.id } }}>
      <div className="mb-6 flex flex-wrap items-center gap-2">
        <Tag>{t(`rooms:${room.kind}`)}</Tag>
        <Tag>{t(`rooms:${room.visibility}`)}</Tag>
        <span className="text-ink-faint">{t(`rooms:role_${room.role}`)}</span>
      </div>
      {direct ? (
        <Banner>{t('errors:direct_room')}</Banner>
      ) : (
        <>
          <Section title={t('rooms:rename')}>
            <DescriptionForm room={room} locked={!mayDescribe(room.kind, room.role)} />
          </Section>
          <Section title={t('rooms:danger')}>
            <div className="flex flex-wrap gap-2">
              <Button
                icon={<LogOut className="size-4" aria-hidden="true" />}
                onClick={() => setLeaving(true)}
              >
                {t('rooms:leave')}
              </Button>
              {mayDelete(room.kind, room.role) && (
                <Button
                  variant="danger-ghost"
                  icon={<Trash2 className="size-4" aria-hidden="true" />}
                  onClick={() => setDeleting(true)}
                >
                  {t('rooms:delete')}
                </Button>
              )}
            </div>
          </Section>
          <LeaveDialog room={room} open={leaving} onOpenChange={setLeaving} />
          <DeleteDialog room={room} open={deleting} onOpenChange={setDeleting} />
        </>
      )}
    </Page>
  );
}

interface DeleteDialogProps {
  room: RoomState;
  open: boolean;
  onOpenChange: (open: boolean) => void;
}

function DeleteDialog({ room, open, onOpenChange }: DeleteDialogProps) {
  const t = useText();
  const client = useClient();
  const navigate = useNavigate();
  const remove = useMutation({
    mutationFn: () => deleteRoom({ client: client.api, path: { room_id: room.id } }),
    onSuccess: () => {
      onOpenChange(false);
      toast(t('rooms:deleted', { title: room.title }));
      void navigate({ to: '/' });
    },
  });
  return (
    <ConfirmDialog
      open={open}
      onOpenChange={(next) => {
        remove.reset();
        onOpenChange(next);
      }}
      title={t('rooms:delete_title', { title: room.title })}
      action={t('rooms:delete')}
      busy={remove.isPending}
      error={remove.error ? failureText(remove.error, t) : undefined}
      onConfirm={() => remove.mutate()}
    >
      {t('rooms:delete_text')}
    </ConfirmDialog>
  );
}
