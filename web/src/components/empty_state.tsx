import type { ReactNode } from 'react';
import { classes } from './classes.ts';

interface EmptyStateProps {
  icon?: ReactNode;
  title: string;
  children?: ReactNode;
  /** What one can do about it. */
  actions?: ReactNode;
  className?: string;
}

/** What is shown where nothing is to be shown: why, and a way on. */
export function EmptyState({ icon, title, children, actions, className }: EmptyStateProps) {
  return (
    <div className={classes('mx-auto flex max-w-sm flex-col items-center px-6 py-12 text-center', className)}>
      {icon && (
        <div className="mb-4 flex size-12 items-center justify-center rounded-2xl bg-accent-soft text-accent-ink [&_svg]:size-6">
          {icon}
        </div>
      )}
      <h2 className="wrap-anywhere text-balance font-semibold text-base">{title}</h2>
      {children && <div className="mt-1.5 text-pretty text-ink-soft leading-6">{children}</div>}
      {actions && <div className="mt-5 flex flex-wrap justify-center gap-2">{actions}</div>}
    </div>
  );
}
