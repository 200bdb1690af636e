import { classes } from '#/components/classes.ts';
import { useText } from '#/i18n/text.ts';

const LINES = [['w-3/5'], ['w-4/5', 'w-2/5'], ['w-1/3'], ['w-2/3', 'w-3/4', 'w-1/4'], ['w-1/2'], ['w-3/4']];

/** A timeline as it will be: from the end upwards. */
export function LoadingTimeline() {
  const t = useText();
  return (
    <div
      role="status"
      aria-label={t('conversation:loading_messages')}
      className="column flex min-h-0 flex-1 flex-col justify-end gap-5 overflow-hidden px-4 pb-6"
    >
      {LINES.map((widths, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: nothing changes here
        <div key={i} aria-hidden="true" className="flex gap-3">
          <div className="skeleton size-9 shrink-0 rounded-full!" />
          <div className="flex-1 space-y-2 pt-1">
            <div className="skeleton h-3 w-28" />
            {widths.map((width) => (
              <div key={width} className={classes('skeleton h-3 max-w-xl', width)} />
            ))}
          </div>
        </div>
      ))}
    </div>
  );
}
