import { useText } from '#/i18n/text.ts';
import { classes } from './classes.ts';

const WIDTHS = ['w-2/5', 'w-3/5', 'w-1/3', 'w-1/2', 'w-2/3'];

/** Rows as they will be: a picture and two lines. Said once to screen readers. */
export function SkeletonRows({ count, className }: { count: number; className?: string }) {
  const t = useText();
  return (
    <div role="status" aria-label={t('loading')} className={className}>
      {Array.from({ length: count }, (_, row) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the rows are all the same
        <div key={row} className="flex items-center gap-3 px-3 py-2.5" aria-hidden="true">
          <div className="skeleton size-9 shrink-0" />
          <div className="flex-1 space-y-2">
            <div className={classes('skeleton h-3', WIDTHS[row % WIDTHS.length])} />
            <div className={classes('skeleton h-2.5', WIDTHS[(row + 3) % WIDTHS.length])} />
          </div>
        </div>
      ))}
    </div>
  );
}
