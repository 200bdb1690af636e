import { Check, Clock } from 'lucide-react';
import { Avatar } from '#/components/avatar.tsx';
import type { OutgoingState, UserRef } from '#/core/model.ts';
import { useText } from '#/i18n/text.ts';
import { nameOf } from '../person.ts';

/** More readers than this are a number. */
const SHOWN = 2;

interface ReadMarksProps {
  readers: readonly UserRef[] | undefined;
  state: OutgoingState | undefined;
}

/** How far a message got: on its way, or read by whom. Stands beside the text and takes no line of its own. */
export function ReadMarks({ readers, state }: ReadMarksProps) {
  const t = useText();
  // What failed says so below its text.
  if (state === 'failed') return null;
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
      className="absolute end-3 bottom-0.5 flex items-center gap-0.5"
    >
      {shown.map((reader) => (
        <Avatar key={reader.id} id={reader.id} name={nameOf(reader)} size="xs" />
      ))}
      {readers.length > shown.length && (
        <span className="flex h-5 min-w-5 items-center justify-center rounded-full bg-sunken px-1 font-medium text-2xs text-ink-soft tabular-nums">
          +{readers.length - shown.length}
        </span>
      )}
    </span>
  );
}

const WAYS = {
  queued: { Icon: Clock, label: 'conversation:state_queued' },
  sending: { Icon: Clock, label: 'conversation:state_sending' },
  sent: { Icon: Check, label: 'conversation:state_sent' },
} as const;

function Way({ state }: { state: keyof typeof WAYS }) {
  const t = useText();
  const { Icon, label } = WAYS[state];
  return (
    <span
      role="img"
      aria-label={t(label)}
      title={t(label)}
      className="absolute end-4 bottom-1.5 text-ink-faint"
    >
      <Icon aria-hidden="true" className="size-3.5" />
    </span>
  );
}
