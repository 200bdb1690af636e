import { Button as Base } from '@base-ui/react/button';
import type { ComponentProps, ReactNode } from 'react';
import { classes } from './classes.ts';
import { Spinner } from './spinner.tsx';

const VARIANTS = {
  primary: 'bg-accent text-on-accent hover:bg-accent-strong',
  secondary: 'bg-raised text-ink ring-1 ring-inset ring-line hover:bg-hover',
  ghost: 'text-ink-soft hover:bg-hover hover:text-ink',
  danger: 'bg-danger text-on-danger hover:bg-danger-strong',
  'danger-ghost': 'text-danger-ink hover:bg-danger-soft',
};

const SIZES = {
  sm: 'min-h-8 px-3 gap-1.5 text-[0.8125rem]',
  md: 'min-h-10 px-4 gap-2',
};

interface ButtonLook {
  variant?: keyof typeof VARIANTS;
  size?: keyof typeof SIZES;
}

/** The look of a button, for links that lead on like one. */
export function buttonClass({ variant = 'secondary', size = 'md' }: ButtonLook = {}): string {
  return classes(
    'inline-flex shrink-0 select-none items-center justify-center rounded-lg py-1.5 font-medium transition-colors',
    'data-disabled:opacity-55 aria-busy:opacity-80',
    VARIANTS[variant],
    SIZES[size],
  );
}

export interface ButtonProps extends ButtonLook, Omit<ComponentProps<'button'>, 'ref'> {
  icon?: ReactNode;
  /** It is being done: the button stays focused and does nothing. */
  busy?: boolean;
}

export function Button({ variant, size, icon, busy = false, className, children, ...rest }: ButtonProps) {
  return (
    <Base
      {...rest}
      disabled={rest.disabled || busy}
      focusableWhenDisabled={busy}
      aria-busy={busy || undefined}
      className={classes(buttonClass({ variant, size }), className)}
    >
      {busy ? <Spinner /> : icon}
      {children}
    </Base>
  );
}
