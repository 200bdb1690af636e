import { useEffect, useRef, useState } from 'react';
import type { Message, Timeline, UserId } from '#/core/model.ts';
import { useText } from '#/i18n/text.ts';
import { announcementOf } from './announcement.ts';

/** Messages within this time are told of together. Milliseconds. */
const GATHER = 1_500;

/** Tells screen readers of what others write while the room is open. */
export function Announcer({ timeline, me }: { timeline: Timeline; me: UserId }) {
  const t = useText();
  const [text, setText] = useState('');
  const told = useRef(timeline.messages.at(-1)?.n ?? 0);
  const gathered = useRef<Message[]>([]);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);

  useEffect(() => {
    const { messages, at_end } = timeline;
    const newest = messages.at(-1)?.n ?? 0;
    if (!at_end || newest <= told.current) return;
    const first = messages[0]?.n ?? 1;
    const fresh = messages.slice(Math.max(0, told.current + 1 - first));
    told.current = newest;
    gathered.current.push(...fresh.filter((message) => message.sender.id !== me));
    if (gathered.current.length === 0 || timer.current !== undefined) return;
    timer.current = setTimeout(() => {
      timer.current = undefined;
      const said = announcementOf(gathered.current);
      gathered.current = [];
      if (!said) return;
      setText(
        said.kind === 'one'
          ? t('conversation:announce_message', { author: said.author, text: said.text })
          : t('conversation:announce_many', { count: said.count, authors: [...said.authors] }),
      );
    }, GATHER);
  }, [timeline, me, t]);

  useEffect(() => () => clearTimeout(timer.current), []);

  return (
    <div role="status" aria-live="polite" className="sr-only">
      {text}
    </div>
  );
}
