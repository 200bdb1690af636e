import { CornerUpLeft, X } from 'lucide-react';
import { IconButton } from '#/components/icon_button.tsx';
import type { MessageId } from '#/core/model.ts';
import { useText } from '#/i18n/text.ts';
import { excerpt } from '../excerpt.ts';
import { nameOf } from '../person.ts';
import { useMessage } from '../use_message.ts';

/** The message that the next one will answer. */
export function ReplyPreview({ id, onCancel }: { id: MessageId; onCancel: () => void }) {
  const t = useText();
  const { message, failed } = useMessage(id);
  return (
    <div className="flex items-center gap-2 border-line border-b py-1 ps-3 pe-1 text-xs">
      <CornerUpLeft aria-hidden="true" className="size-3.5 shrink-0 text-accent-ink rtl:-scale-x-100" />
      <div className="min-w-0 flex-1">
        <p className="truncate font-medium text-accent-ink">
          {message ? t('conversation:reply_to', { author: nameOf(message.sender) }) : t('conversation:reply')}
        </p>
        <p dir="auto" className="truncate text-ink-faint">
          {message ? excerpt(message.body) : failed ? t('conversation:quote_unavailable') : '…'}
        </p>
      </div>
      <IconButton
        label={t('conversation:cancel_reply')}
        keys="Esc"
        icon={<X />}
        className="size-8!"
        onClick={onCancel}
      />
    </div>
  );
}
