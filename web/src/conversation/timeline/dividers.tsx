import { useTranslation } from 'react-i18next';
import { useText } from '#/i18n/text.ts';
import { dayName } from '../format.ts';

export function DayDivider({ at }: { at: number }) {
  const { i18n } = useTranslation();
  return (
    <div className="column flex items-center gap-3 px-4 pt-5 pb-1">
      <span className="h-px flex-1 bg-line" />
      <p className="font-medium text-ink-faint text-xs">{dayName(at, Date.now(), i18n.language)}</p>
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
