import type { ComponentProps, MouseEvent, ReactNode } from 'react';
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
    'pointer-coarse:min-h-11 disabled:pointer-events-none disabled:opacity-55 aria-busy:opacity-70',
    VARIANTS[variant],
    SIZES[size],
  );
}

export interface ButtonProps extends ButtonLook, ComponentProps<'button'> {
  icon?: ReactNode;
  /** It is being done: the button keeps the focus and does nothing. */
  busy?: boolean;
}

export function Button(props: ButtonProps) {
  const { variant, size, icon, busy = false, className, onClick, children, ...rest } = props;

  function press(event: MouseEvent<HTMLButtonElement>) {
    if (busy) event.preventDefault();
    else onClick?.(event);
  }

  return (
    <button
      type="button"
      {...rest}
      onClick={press}
      aria-busy={busy || undefined}
      aria-disabled={busy || undefined}
      className={classes(buttonClass({ variant, size }), className)}
    >
      {busy ? <Spinner /> : icon}
      {children}
    </button>
  );
}
