import type { ReactNode } from 'react';
import { classes } from './classes.ts';

const TONES = {
  info: 'bg-sunken text-ink-soft',
  notice: 'bg-notice-soft text-notice-ink',
  danger: 'bg-danger-soft text-danger-ink',
};

interface BannerProps {
  tone?: keyof typeof TONES;
  icon?: ReactNode;
  /** Buttons and links at the end. */
  actions?: ReactNode;
  /** `alert` interrupts a screen reader, `status` waits; leave it out inside a live region. */
  role?: 'alert' | 'status';
  className?: string;
  children: ReactNode;
}

/** A remark about the part of the page that it stands in. */
export function Banner({ tone = 'info', icon, actions, role, className, children }: BannerProps) {
  return (
    <div
      role={role}
      className={classes(
        'flex min-w-0 items-center gap-3 rounded-lg px-3.5 py-2.5 text-[0.8125rem] leading-5',
        '[&>svg]:size-4 [&>svg]:shrink-0',
        TONES[tone],
        className,
      )}
    >
      {icon}
      <div className="wrap-anywhere min-w-0 flex-1">{children}</div>
      {actions && <div className="flex shrink-0 items-center gap-2">{actions}</div>}
    </div>
  );
}
