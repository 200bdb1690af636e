import { useState } from 'react';
import { useLive } from '#/app/client_context.tsx';
import { fullTime, timeOfDay } from '#/app/times.ts';
import { Avatar } from '#/components/avatar.tsx';
import { classes } from '#/components/classes.ts';
import type { User, UserRef } from '#/core/model.ts';
import { useText } from '#/i18n/text.ts';
import { nameOf } from '../person.ts';
import type { Row } from '../timeline/rows.ts';
import { MessageBody } from './body.tsx';
import { FailureNote } from './failure_note.tsx';
import { MessageHead } from './head.tsx';
import { Quote } from './quote.tsx';
import { ReadMarks } from './read_marks.tsx';
import { MessageTools } from './tools.tsx';

interface MessageViewProps {
  row: Row;
  active: boolean;
  highlighted: boolean;
  readers: readonly UserRef[] | undefined;
}

/** A message, in the room or on its way there: it looks the same, so nothing moves when it arrives. */
export function MessageView({ row, active, highlighted, readers }: MessageViewProps) {
  const t = useText();
  const me = useLive((state) => state.me);
  const [pointed, setPointed] = useState(false);
  const [inside, setInside] = useState(false);
  const [open, setOpen] = useState(false);
  const { message, outgoing, head, at } = row;
  const sender: UserRef | User = message?.sender ?? me;
  const reply_to = message ? (message.reply_to ?? undefined) : outgoing.reply_to;
  const time = timeOfDay(at);
  return (
    <article
      tabIndex={active ? 0 : -1}
      aria-posinset={message?.n}
      aria-setsize={message ? -1 : undefined}
      aria-label={t('conversation:message_label', { author: nameOf(sender), time })}
      aria-keyshortcuts="ArrowUp ArrowDown R"
      onPointerEnter={(event) => setPointed(event.pointerType === 'mouse')}
      onPointerLeave={() => setPointed(false)}
      onFocus={() => setInside(true)}
      onBlur={(event) => setInside(event.currentTarget.contains(event.relatedTarget))}
      className={classes(
        'message group relative grid rounded-lg grid-cols-[2.25rem_minmax(0,1fr)] gap-x-3 ps-4 pe-14 transition-colors',
        'focus-visible:-outline-offset-2 hover:bg-hover/60',
        head ? 'mt-2 pt-1 pb-0.5' : 'py-0.5',
        open && 'bg-hover/60',
        highlighted && 'bg-accent-soft hover:bg-accent-soft',
      )}
    >
      {reply_to !== undefined && <Quote id={reply_to} before={message?.n} />}
      <div className="col-start-1">
        {head ? (
          <Avatar id={sender.id} name={nameOf(sender)} />
        ) : (
          <time
            dateTime={new Date(at).toISOString()}
            title={fullTime(at)}
            className="block whitespace-nowrap text-end text-2xs text-ink-faint leading-[1.375rem] opacity-0 group-hover:opacity-100 group-focus-visible:opacity-100"
          >
            {time}
          </time>
        )}
      </div>
      <div className="min-w-0">
        {head && <MessageHead sender={sender} source={message?.source ?? undefined} at={at} />}
        <MessageBody row={row} />
        {outgoing?.state === 'failed' && <FailureNote outgoing={outgoing} />}
      </div>
      <ReadMarks readers={readers} state={outgoing?.state} />
      {message && (pointed || inside || open) && <MessageTools message={message} onOpenChange={setOpen} />}
    </article>
  );
}
