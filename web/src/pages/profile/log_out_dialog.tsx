import { useMutation } from '@tanstack/react-query';
import { useRouteContext } from '@tanstack/react-router';
import { useLive } from '#/app/client_context.tsx';
import { failureText } from '#/app/failure_text.ts';
import { ConfirmDialog } from '#/components/confirm_dialog.tsx';
import type { LiveState } from '#/core/model.ts';
import { useText } from '#/i18n/text.ts';

interface LogOutDialogProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
}

/** Says what is lost before it is. */
export function LogOutDialog({ open, onOpenChange }: LogOutDialogProps) {
  const t = useText();
  const keeper = useRouteContext({ from: '__root__', select: (context) => context.keeper });
  const losing = useLive(unsentCount);
  const logOut = useMutation({ mutationFn: () => keeper.logOut() });
  return (
    <ConfirmDialog
      open={open}
      onOpenChange={onOpenChange}
      title={t('profile:log_out_title')}
      action={t('profile:log_out')}
      danger={losing > 0}
      busy={logOut.isPending}
      error={logOut.error ? failureText(logOut.error, t) : undefined}
      onConfirm={() => logOut.mutate()}
    >
      <p>{t('profile:log_out_text')}</p>
      {losing > 0 && (
        <p className="mt-2 font-medium text-danger-ink">{t('profile:log_out_losing', { count: losing })}</p>
      )}
    </ConfirmDialog>
  );
}

function unsentCount({ drafts, outbox }: LiveState): number {
  let count = 0;
  for (const draft of Object.values(drafts)) if (draft?.text.trim()) count++;
  for (const outgoing of Object.values(outbox))
    for (const entry of outgoing ?? []) if (entry.state !== 'sent') count++;
  return count;
}
