import { useText } from '#/i18n/text.ts';
import { classes } from './classes.ts';

/** How many messages are unread: short for eyes, exact for screen readers. Nothing at zero. */
export function UnreadBadge({ count, className }: { count: number; className?: string }) {
  const t = useText();
  if (count === 0) return null;
  return (
    <span
      className={classes(
        'inline-flex h-5 min-w-5 shrink-0 items-center justify-center rounded-full bg-accent px-1.5 font-semibold text-2xs text-on-accent tabular-nums',
        className,
      )}
    >
      <span aria-hidden="true" dir="ltr">
        {count > 99 ? '99+' : count}
      </span>
      <span className="sr-only">{t('unread_count', { count })}</span>
    </span>
  );
}

/** A short remark on something: a role, a kind. */
export function Tag({ children, tone = 'plain' }: { children: string; tone?: 'plain' | 'accent' }) {
  return (
    <span
      className={classes(
        'inline-flex shrink-0 items-center rounded-md px-1.5 py-0.5 font-medium text-2xs',
        tone === 'accent' ? 'bg-accent-soft text-accent-ink' : 'bg-sunken text-ink-soft',
      )}
    >
      {children}
    </span>
  );
}
