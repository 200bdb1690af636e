import { CornerUpLeft } from 'lucide-react';
import type { Count, MessageId } from '#/core/model.ts';
import { useText } from '#/i18n/text.ts';
import { excerpt } from '../excerpt.ts';
import { nameOf } from '../person.ts';
import { useActions } from '../timeline/actions.ts';
import { useMessage } from '../use_message.ts';

/** The message that this one answers, on one line; leads to it. Its height does not depend on it being there yet. */
export function Quote({ id, before }: { id: MessageId; before: Count | undefined }) {
  const t = useText();
  const { show } = useActions();
  const { message, failed } = useMessage(id, before);
  return (
    <div className="col-span-2 flex h-6 min-w-0 items-center gap-1.5 ps-4 text-ink-faint text-xs">
      <CornerUpLeft aria-hidden="true" className="size-3.5 shrink-0 rtl:-scale-x-100" />
      {message ? (
        <button
          type="button"
          tabIndex={-1}
          className="flex min-w-0 items-baseline gap-1.5 rounded hover:text-ink"
          onClick={() => show(message.n)}
        >
          <span className="sr-only">{t('conversation:answers')}</span>
          <bdi className="max-w-40 shrink-0 truncate font-medium text-ink-soft">{nameOf(message.sender)}</bdi>
          <bdi className="truncate">{excerpt(message.body)}</bdi>
        </button>
      ) : (
        <span>{failed ? t('conversation:quote_unavailable') : '…'}</span>
      )}
    </div>
  );
}
