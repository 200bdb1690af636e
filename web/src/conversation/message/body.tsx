import { useState } from 'react';
import { classes } from '#/components/classes.ts';
import { useText } from '#/i18n/text.ts';
import { isEmojiOnly } from '../markdown/emoji.ts';
import { Markdown } from '../markdown/markdown.tsx';
import { isLong } from '../timeline/estimate.ts';
import type { Row } from '../timeline/rows.ts';

/** Long messages that were opened; they stay open when they come back into view. */
const opened = new Set<string>();

export function MessageBody({ row }: { row: Row }) {
  const t = useText();
  const [open, setOpen] = useState(() => opened.has(row.key));
  const body = row.message?.body ?? row.outgoing?.body ?? '';
  if (isEmojiOnly(body)) return <p className="text-[2rem] leading-10">{body}</p>;
  const folded = !open && isLong(body);
  return (
    <>
      <div
        className={classes(
          'overflow-clip text-[0.9375rem] leading-[1.375rem]',
          folded && 'fade-end max-h-[30.25rem]',
        )}
      >
        <Markdown text={body} />
      </div>
      {folded && (
        <button
          type="button"
          className="mt-1 rounded font-medium text-accent-ink text-xs hover:underline"
          onClick={() => {
            opened.add(row.key);
            setOpen(true);
          }}
        >
          {t('conversation:show_all')}
        </button>
      )}
    </>
  );
}
