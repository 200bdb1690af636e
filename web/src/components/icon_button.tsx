import type { ComponentProps, ReactNode } from 'react';
import { classes } from './classes.ts';
import { Tooltip } from './tooltip.tsx';

export interface IconButtonProps extends Omit<ComponentProps<'button'>, 'children' | 'aria-label'> {
  /** What it does: for screen readers and as its tooltip. */
  label: string;
  icon: ReactNode;
  /** The keys that do the same, shown beside the label. */
  keys?: string;
  tone?: 'plain' | 'accent';
}

export function IconButton({ label, icon, keys, tone = 'plain', className, ...rest }: IconButtonProps) {
  return (
    <Tooltip label={label} keys={keys}>
      <button
        type="button"
        {...rest}
        aria-label={label}
        className={classes(iconButtonClass(tone), className)}
      >
        {icon}
      </button>
    </Tooltip>
  );
}

/** The look of an icon button, for links and menu triggers. */
export function iconButtonClass(tone: 'plain' | 'accent' = 'plain'): string {
  return classes(
    'inline-flex size-9 shrink-0 items-center justify-center rounded-lg transition-colors pointer-coarse:size-11',
    'disabled:opacity-45 [&_svg]:size-[1.125rem]',
    tone === 'accent'
      ? 'bg-accent text-on-accent hover:bg-accent-strong'
      : 'text-ink-soft hover:bg-hover hover:text-ink data-popup-open:bg-hover',
  );
}
