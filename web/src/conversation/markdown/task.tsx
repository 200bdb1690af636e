import { Square, SquareCheck } from 'lucide-react';
import { useText } from '#/i18n/text.ts';

/** The box of a list of things to do; it only shows what was typed. */
export function Task({ done }: { done: boolean }) {
  const t = useText();
  const Box = done ? SquareCheck : Square;
  return (
    <Box
      role="img"
      aria-label={t(done ? 'conversation:task_done' : 'conversation:task_open')}
      className={done ? 'text-accent-ink' : 'text-ink-faint'}
    />
  );
}
