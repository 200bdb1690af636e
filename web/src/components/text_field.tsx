import { Field } from '@base-ui/react/field';
import type { ComponentProps, ReactNode } from 'react';
import { classes } from './classes.ts';

export interface TextFieldProps extends Omit<ComponentProps<'input'>, 'value' | 'onChange' | 'defaultValue'> {
  label: string;
  value: string;
  onValueChange: (value: string) => void;
  hint?: ReactNode;
  /** Why the value is refused, in words. */
  error?: string;
  /** The label is said and not shown. */
  labelHidden?: boolean;
  /** At the start, inside the field. */
  icon?: ReactNode;
  /** At the end, inside the field. */
  after?: ReactNode;
}

export const controlClass = classes(
  'w-full rounded-lg border border-line-strong bg-canvas px-3 text-ink transition-colors',
  'hover:border-ink-faint focus-visible:border-accent focus-visible:outline-1 focus-visible:outline-offset-0',
  'data-invalid:border-danger disabled:opacity-55',
  // Below 16 px phones zoom into the page when a field is focused.
  'text-sm pointer-coarse:text-base',
);

export function TextField({
  label,
  value,
  onValueChange,
  hint,
  error,
  labelHidden = false,
  icon,
  after,
  className,
  ...input
}: TextFieldProps) {
  return (
    <Field.Root invalid={error !== undefined} className={className}>
      <Field.Label className={labelHidden ? 'sr-only' : 'mb-1.5 block font-medium text-[0.8125rem]'}>
        {label}
      </Field.Label>
      <div className="relative">
        {icon && (
          <span className="pointer-events-none absolute inset-y-0 start-3 flex items-center text-ink-faint [&_svg]:size-4">
            {icon}
          </span>
        )}
        <Field.Control
          {...input}
          value={value}
          onValueChange={onValueChange}
          className={classes(
            controlClass,
            'h-10',
            icon !== undefined && 'ps-9',
            after !== undefined && 'pe-10',
          )}
        />
        {after && <span className="absolute inset-y-0 end-1 flex items-center">{after}</span>}
      </div>
      {error !== undefined && (
        <Field.Error match className="mt-1.5 block text-[0.8125rem] text-danger-ink">
          {error}
        </Field.Error>
      )}
      {hint && error === undefined && (
        <Field.Description className="mt-1.5 text-[0.8125rem] text-ink-faint">{hint}</Field.Description>
      )}
    </Field.Root>
  );
}
