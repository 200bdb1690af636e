import { dayName } from '#/app/times.ts';
import { useToday } from '#/app/use_today.ts';
import { classes } from '#/components/classes.ts';

/** The day that one scrolls through. For eyes: the days are in the timeline too. */
export function DateChip({ at, visible }: { at: number; visible: boolean }) {
  const name = dayName(at, useToday());
  return (
    <div aria-hidden="true" className="pointer-events-none absolute inset-x-0 top-2 flex justify-center">
      <span
        // Another day is another chip: none changes its width.
        key={name}
        className={classes(
          'rounded-full bg-raised px-3 py-1 font-medium text-ink-soft text-xs shadow-raised transition-opacity duration-200',
          visible ? 'opacity-100' : 'opacity-0 delay-500',
        )}
      >
        {name}
      </span>
    </div>
  );
}
