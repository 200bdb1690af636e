import { Dialog as Base } from '@base-ui/react/dialog';
import { X } from 'lucide-react';
import { type ReactNode, useRef } from 'react';
import { useText } from '#/i18n/text.ts';
import { IconButton } from '../icon_button.tsx';

export interface DialogProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  title: string;
  description?: ReactNode;
  /** Buttons at the end, the main one last. */
  actions?: ReactNode;
  children?: ReactNode;
}

export const backdropClass =
  'fixed inset-0 bg-backdrop transition-opacity data-ending-style:opacity-0 data-starting-style:opacity-0';

export function DialogPopup({ open, onOpenChange, title, description, actions, children }: DialogProps) {
  const t = useText();
  const popup = useRef<HTMLDivElement>(null);
  return (
    <Base.Root open={open} onOpenChange={onOpenChange}>
      <Base.Portal>
        <Base.Backdrop className={backdropClass} />
        <Base.Viewport className="fixed inset-0 flex items-end justify-center p-3 pb-[max(0.75rem,env(safe-area-inset-bottom))] sm:items-center">
          <Base.Popup
            ref={popup}
            // What is to be filled in, before the cross that comes first.
            initialFocus={() => popup.current?.querySelector<HTMLElement>('input, textarea') ?? true}
            className="popup-motion flex max-h-full w-full max-w-md flex-col overflow-hidden rounded-2xl bg-raised shadow-raised outline-none"
          >
            <div className="flex items-start gap-3 px-5 pt-5">
              <div className="min-w-0 flex-1">
                <Base.Title className="wrap-anywhere font-semibold text-base">{title}</Base.Title>
                {description && (
                  <Base.Description className="wrap-anywhere mt-1.5 text-ink-soft leading-6">
                    {description}
                  </Base.Description>
                )}
              </div>
              <Base.Close render={<IconButton label={t('close')} icon={<X />} className="-me-2 -mt-2" />} />
            </div>
            <div className="min-h-0 overflow-y-auto px-5 pt-4 pb-5">{children}</div>
            {actions && (
              <div className="flex flex-wrap justify-end gap-2 border-line border-t px-5 py-3.5">
                {actions}
              </div>
            )}
          </Base.Popup>
        </Base.Viewport>
      </Base.Portal>
    </Base.Root>
  );
}
