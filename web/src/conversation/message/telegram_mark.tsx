import { Send } from 'lucide-react';
import { useText } from '#/i18n/text.ts';

/** Says that a message came over Telegram. */
export function TelegramMark() {
  const t = useText();
  return (
    <span className="inline-flex shrink-0 items-center gap-1 self-center whitespace-nowrap text-2xs text-ink-faint">
      <Send aria-hidden="true" className="size-3" />
      {t('conversation:via_telegram')}
    </span>
  );
}
