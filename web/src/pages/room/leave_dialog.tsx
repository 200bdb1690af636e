import { useMutation } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useClient } from '#/app/client_context.tsx';
import { failureText } from '#/app/failure_text.ts';
import { ConfirmDialog } from '#/components/confirm_dialog.tsx';
import { toast } from '#/components/toast.tsx';
import { leaveRoom } from '#/core/generated/rest/index.ts';
import type { RoomState } from '#/core/model.ts';
import { useText } from '#/i18n/text.ts';

interface LeaveDialogProps {
  room: RoomState;
  open: boolean;
  onOpenChange: (open: boolean) => void;
}

export function LeaveDialog({ room, open, onOpenChange }: LeaveDialogProps) {
  const t = useText();
  const client = useClient();
  const navigate = useNavigate();
  const leave = useMutation({
    mutationFn: () => leaveRoom({ client: client.api, path: { room_id: room.id } }),
    onSuccess: () => {
      onOpenChange(false);
      toast(t('rooms:left', { title: room.title }));
      void navigate({ to: '/' });
    },
  });
  const text =
    room.member_count <= 1 ? 'leave_last' : room.visibility === 'public' ? 'leave_public' : 'leave_private';
  return (
    <ConfirmDialog
      open={open}
      onOpenChange={(next) => {
        leave.reset();
        onOpenChange(next);
      }}
      title={t('rooms:leave_title', { title: room.title })}
      action={t('rooms:leave')}
      busy={leave.isPending}
      error={leave.error ? failureText(leave.error, t) : undefined}
      onConfirm={() => leave.mutate()}
    >
      {t(`rooms:${text}`)}
    </ConfirmDialog>
  );
}
