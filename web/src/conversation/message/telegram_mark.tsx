import { Send } from 'lucide-react';
import { useTranslation } from 'react-i18next';

/** Says that a message came over Telegram. */
export function TelegramMark() {
  const { t } = useTranslation('conversation');
  return (
    <span className="inline-flex shrink-0 items-center gap-1 self-center whitespace-nowrap text-2xs text-ink-faint">
      <Send aria-hidden="true" className="size-3" />
      {t('via_telegram')}
    </span>
  );
}
