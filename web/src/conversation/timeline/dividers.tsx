import { dayName } from '#/app/times.ts';
import { useToday } from '#/app/use_today.ts';
import { useText } from '#/i18n/text.ts';

export function DayDivider({ at }: { at: number }) {
  const today = useToday();
  return (
    <div className="column flex items-center gap-3 px-4 pt-5 pb-1">
      <span className="h-px flex-1 bg-line" />
      <p className="font-medium text-ink-faint text-xs">{dayName(at, today)}</p>
      <span className="h-px flex-1 bg-line" />
    </div>
  );
}

/** Between what was read and what was not, as it was when the room was opened. */
export function UnreadLine() {
  const t = useText();
  return (
    <div className="column flex items-center gap-3 px-4 pt-3">
      <span className="h-px flex-1 bg-danger" />
      <p className="font-semibold text-danger-ink text-xs">{t('conversation:unread_line')}</p>
    </div>
  );
}
