import { AlertDialog as Base } from '@base-ui/react/alert-dialog';
import type { ReactNode } from 'react';
import { useText } from '#/i18n/text.ts';
import { Button } from '../button.tsx';
import { backdropClass } from './dialog_popup.tsx';

export interface ConfirmDialogProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  title: string;
  children: ReactNode;
  /** What happens on agreement, as a verb. */
  action: string;
  onConfirm: () => void;
  busy?: boolean;
  danger?: boolean;
  /** Why it did not work, in words. */
  error?: string;
}

export function ConfirmPopup(props: ConfirmDialogProps) {
  const {
    open,
    onOpenChange,
    title,
    children,
    action,
    onConfirm,
    busy = false,
    danger = true,
    error,
  } = props;
  const t = useText();
  return (
    <Base.Root open={open} onOpenChange={onOpenChange}>
      <Base.Portal>
        <Base.Backdrop className={backdropClass} />
        <Base.Viewport className="fixed inset-0 flex items-end justify-center p-3 pb-[max(0.75rem,env(safe-area-inset-bottom))] sm:items-center">
          <Base.Popup className="popup-motion w-full max-w-md rounded-2xl bg-raised p-5 shadow-raised outline-none">
            <Base.Title className="wrap-anywhere font-semibold text-base">{title}</Base.Title>
            <Base.Description render={<div />} className="wrap-anywhere mt-1.5 text-ink-soft leading-6">
              {children}
            </Base.Description>
            {error !== undefined && (
              <p role="alert" className="mt-3 text-danger-ink">
                {error}
              </p>
            )}
            <div className="mt-5 flex flex-wrap justify-end gap-2">
              <Base.Close render={<Button>{t('cancel')}</Button>} />
              <Button variant={danger ? 'danger' : 'primary'} busy={busy} onClick={onConfirm}>
                {action}
              </Button>
            </div>
          </Base.Popup>
        </Base.Viewport>
      </Base.Portal>
    </Base.Root>
  );
}
