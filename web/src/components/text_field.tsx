import type { ComponentProps, ReactNode } from 'react';
import { classes } from './classes.ts';
import { Field } from './field.tsx';

export interface TextFieldProps
  extends Omit<ComponentProps<'input'>, 'id' | 'value' | 'onChange' | 'defaultValue'> {
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
  'aria-invalid:border-danger disabled:opacity-55',
  // Below 16 px phones zoom into the page when a field is focused.
  'text-sm pointer-coarse:text-base',
);

export function TextField(props: TextFieldProps) {
  const { label, labelHidden, value, onValueChange, hint, error, icon, after, className, ...input } = props;
  return (
    <Field label={label} labelHidden={labelHidden} hint={hint} error={error} className={className}>
      {(control) => (
        <div className="relative">
          {icon && (
            <span className="pointer-events-none absolute inset-y-0 start-3 flex items-center text-ink-faint [&_svg]:size-4">
              {icon}
            </span>
          )}
          <input
            {...input}
            {...control}
            value={value}
            onChange={(event) => onValueChange(event.target.value)}
            className={classes(
              controlClass,
              'h-10 pointer-coarse:h-11',
              icon !== undefined && 'ps-9',
              after !== undefined && 'pe-10',
            )}
          />
          {after && <span className="absolute inset-y-0 end-1 flex items-center">{after}</span>}
        </div>
      )}
    </Field>
  );
}
