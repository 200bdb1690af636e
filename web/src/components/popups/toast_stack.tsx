import { Toast as Base } from '@base-ui/react/toast';
import { X } from 'lucide-react';
import { useText } from '#/i18n/text.ts';
import { buttonClass } from '../button.tsx';
import { classes } from '../classes.ts';
import { IconButton } from '../icon_button.tsx';

const manager = Base.createToastManager();

export interface ToastOptions {
  tone?: 'info' | 'danger';
  action?: { label: string; onClick: () => void };
  /** Stays until it is closed: for what needs an answer. */
  lasting?: boolean;
}

export function addToast(text: string, { tone = 'info', action, lasting = false }: ToastOptions): string {
  const id = manager.add({
    description: text,
    type: tone,
    priority: tone === 'danger' ? 'high' : 'low',
    timeout: lasting ? 0 : 6000,
    actionProps: action && {
      children: action.label,
      onClick: () => {
        action.onClick();
        manager.close(id);
      },
    },
  });
  return id;
}

export function closeToast(id: string): void {
  manager.close(id);
}

/** The toasts: below the header, and far from where people write. */
export function ToastStack({ onReady }: { onReady: () => void }) {
  return (
    <Base.Provider toastManager={manager} limit={3}>
      <Base.Portal>
        <Base.Viewport
          // Before this is there, nothing hears of a toast.
          ref={(viewport: HTMLElement | null) => {
            if (viewport) onReady();
          }}
          className="fixed inset-x-3 top-[calc(4.25rem+env(safe-area-inset-top))] z-10 mx-auto flex max-w-sm flex-col gap-2 outline-none sm:start-auto sm:end-4 sm:mx-0 sm:w-96"
        >
          <Toasts />
        </Base.Viewport>
      </Base.Portal>
    </Base.Provider>
  );
}

function Toasts() {
  const t = useText();
  const { toasts } = Base.useToastManager();
  return toasts.map((entry) => (
    <Base.Root
      key={entry.id}
      toast={entry}
      swipeDirection={['right', 'left', 'up']}
      className={classes(
        'popup-motion rounded-xl bg-raised shadow-raised data-limited:hidden',
        entry.type === 'danger' && 'text-danger-ink',
      )}
    >
      <Base.Content className="flex items-center gap-2 py-2 ps-4 pe-2">
        <Base.Description className="wrap-anywhere flex-1 py-1.5" />
        {entry.actionProps && <Base.Action className={buttonClass({ variant: 'ghost', size: 'sm' })} />}
        <Base.Close render={<IconButton label={t('close')} icon={<X />} />} />
      </Base.Content>
    </Base.Root>
  ));
}
