import { Toast as Base } from '@base-ui/react/toast';
import { X } from 'lucide-react';
import type { ReactNode } from 'react';
import { useText } from '#/i18n/text.ts';
import { buttonClass } from './button.tsx';
import { classes } from './classes.ts';
import { IconButton } from './icon_button.tsx';

const manager = Base.createToastManager();

interface ToastOptions {
  tone?: 'info' | 'danger';
  action?: { label: string; onClick: () => void };
  /** Stays until it is closed: for what needs an answer. */
  lasting?: boolean;
}

/** Tells the outcome of something, wherever the person is by then. Returns what takes it away. */
export function toast(
  text: string,
  { tone = 'info', action, lasting = false }: ToastOptions = {},
): () => void {
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
  return () => manager.close(id);
}

/** Where toasts are shown; once, around the app. */
export function ToastProvider({ children }: { children: ReactNode }) {
  return (
    <Base.Provider toastManager={manager} limit={3}>
      {children}
      <Base.Portal>
        <Base.Viewport className="fixed inset-x-3 bottom-[max(0.75rem,env(safe-area-inset-bottom))] z-10 mx-auto flex max-w-sm flex-col gap-2 outline-none sm:start-auto sm:end-4 sm:bottom-4 sm:mx-0 sm:w-96">
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
      swipeDirection={['right', 'down']}
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
