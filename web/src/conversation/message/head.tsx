import { fullTime, timeOfDay } from '#/app/times.ts';
import { Tag } from '#/components/badge.tsx';
import type { Message, User, UserRef } from '#/core/model.ts';
import { useText } from '#/i18n/text.ts';
import { nameOf } from '../person.ts';
import { TelegramMark } from './telegram_mark.tsx';

interface MessageHeadProps {
  sender: UserRef | User;
  source: Message['source'];
  at: number;
}

/** Who wrote, from where, and when. */
export function MessageHead({ sender, source, at }: MessageHeadProps) {
  const t = useText();
  return (
    <div className="flex min-w-0 items-baseline gap-2">
      <bdi className="min-w-0 truncate font-semibold" title={`@${sender.username}`}>
        {nameOf(sender)}
      </bdi>
      {sender.kind === 'bot' && (
        <span className="self-center">
          <Tag tone="accent">{t('conversation:bot')}</Tag>
        </span>
      )}
      {source?.kind === 'telegram' && <TelegramMark />}
      <time
        dateTime={new Date(at).toISOString()}
        title={fullTime(at)}
        className="shrink-0 text-ink-faint text-xs"
      >
        {timeOfDay(at)}
      </time>
    </div>
  );
}
