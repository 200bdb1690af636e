import { Square, SquareCheck } from 'lucide-react';
import { useTranslation } from 'react-i18next';

/** The box of a list of things to do; it only shows what was typed. */
export function Task({ done }: { done: boolean }) {
  const { t } = useTranslation('conversation');
  const Box = done ? SquareCheck : Square;
  return (
    <Box
      role="img"
      aria-label={t(done ? 'task_done' : 'task_open')}
      className={done ? 'text-accent-ink' : 'text-ink-faint'}
    />
  );
}
