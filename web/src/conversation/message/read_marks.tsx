import { Check, CircleAlert, Clock } from 'lucide-react';
import { Avatar } from '#/components/avatar.tsx';
import type { OutgoingState, UserRef } from '#/core/model.ts';
import { useText } from '#/i18n/text.ts';
import { nameOf } from '../person.ts';

/** More readers than this are a number. */
const SHOWN = 3;

interface ReadMarksProps {
  readers: readonly UserRef[] | undefined;
  state: OutgoingState | undefined;
}

/** How far a message got: on its way, or read by whom. Stands beside the text and takes no line of its own. */
export function ReadMarks({ readers, state }: ReadMarksProps) {
  const t = useText();
  if (state !== undefined) return <Way state={state} />;
  if (!readers || readers.length === 0) return null;
  const shown = readers.length > SHOWN ? readers.slice(0, SHOWN - 1) : readers;
  const names = readers.slice(0, 20).map(nameOf);
  const label = t('conversation:read_by_names', { names, count: readers.length });
  return (
    <span
      role="img"
      aria-label={label}
      title={label}
      className="-space-x-1.5 absolute end-3 bottom-1 flex items-center rtl:space-x-reverse"
    >
      {shown.map((reader) => (
        <span key={reader.id} className="rounded-full ring-2 ring-canvas">
          <Avatar id={reader.id} name={nameOf(reader)} size="xs" />
        </span>
      ))}
      {readers.length > shown.length && (
        <span className="flex h-5 min-w-5 items-center justify-center rounded-full bg-sunken px-1 font-medium text-2xs text-ink-soft ring-2 ring-canvas tabular-nums">
          +{readers.length - shown.length}
        </span>
      )}
    </span>
  );
}

const WAYS = {
  queued: { Icon: Clock, label: 'conversation:state_queued', tone: 'text-ink-faint' },
  sending: { Icon: Clock, label: 'conversation:state_sending', tone: 'text-ink-faint' },
  sent: { Icon: Check, label: 'conversation:state_sent', tone: 'text-ink-faint' },
  failed: { Icon: CircleAlert, label: 'conversation:state_failed', tone: 'text-danger-ink' },
} as const;

function Way({ state }: { state: OutgoingState }) {
  const t = useText();
  const { Icon, label, tone } = WAYS[state];
  return (
    <span role="img" aria-label={t(label)} title={t(label)} className={`absolute end-4 bottom-1.5 ${tone}`}>
      <Icon aria-hidden="true" className="size-3.5" />
    </span>
  );
}
