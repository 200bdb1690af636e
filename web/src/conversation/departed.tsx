import { Link } from '@tanstack/react-router';
import { Check, Copy, DoorOpen } from 'lucide-react';
import { Button, buttonClass } from '#/components/button.tsx';
import { EmptyState } from '#/components/empty_state.tsx';
import type { Departed } from '#/core/model.ts';
import { useText } from '#/i18n/text.ts';
import { useCopy } from './copy.ts';
import { inOrder } from './markdown/bidi.ts';

interface DepartedRoomProps {
  departed: Departed;
  /** What was written and did not get there. */
  unsent: readonly string[];
}

/** What is left of a room that went away while it was open: why, and what was typed. */
export function DepartedRoom({ departed, unsent }: DepartedRoomProps) {
  const t = useText();
  const { copied, copy } = useCopy();
  const text = unsent.filter((one) => one.trim() !== '').join('\n\n');
  return (
    <main className="flex min-h-0 flex-1 flex-col items-center justify-center overflow-y-auto">
      <EmptyState
        icon={<DoorOpen />}
        title={t(`conversation:departed_${departed.why}`, { title: inOrder(departed.title) })}
        actions={
          <Link to="/rooms" className={buttonClass({ variant: 'primary' })}>
            {t('common:back_to_rooms')}
          </Link>
        }
      >
        {t(text === '' ? 'conversation:departed_hint' : 'conversation:departed_unsent')}
      </EmptyState>
      {text !== '' && (
        <div className="mb-8 w-full max-w-lg px-4">
          <textarea
            readOnly
            dir="auto"
            rows={6}
            value={text}
            aria-label={t('conversation:departed_unsent')}
            className="w-full resize-none rounded-xl border border-line bg-sunken p-3"
          />
          <Button className="mt-2" icon={copied ? <Check /> : <Copy />} onClick={() => copy(text)}>
            {t(copied ? 'common:copied' : 'conversation:copy_text')}
          </Button>
        </div>
      )}
    </main>
  );
}
