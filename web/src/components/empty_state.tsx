import type { ReactNode } from 'react';
import { classes } from './classes.ts';

interface EmptyStateProps {
  icon?: ReactNode;
  title: string;
  /** `h1` where this is the whole page. */
  heading?: 'h1' | 'h2';
  children?: ReactNode;
  /** What one can do about it. */
  actions?: ReactNode;
  className?: string;
}

/** What is shown where nothing is to be shown: why, and a way on. */
export function EmptyState({
  icon,
  title,
  heading: Heading = 'h2',
  children,
  actions,
  className,
}: EmptyStateProps) {
  return (
    <div className={classes('mx-auto flex max-w-sm flex-col items-center px-6 py-12 text-center', className)}>
      {icon && (
        <div className="mb-4 flex size-12 items-center justify-center rounded-2xl bg-accent-soft text-accent-ink [&_svg]:size-6">
          {icon}
        </div>
      )}
      <Heading className="wrap-anywhere text-balance font-semibold text-base">{title}</Heading>
      {children && <div className="mt-1.5 text-pretty text-ink-soft leading-6">{children}</div>}
      {actions && <div className="mt-5 flex flex-wrap justify-center gap-2">{actions}</div>}
    </div>
  );
}
