import type { ReactNode } from 'react';
import { classes } from './classes.ts';
import { Field } from './field.tsx';
import { controlClass } from './text_field.tsx';

interface TextAreaProps {
  label: string;
  value: string;
  onValueChange: (value: string) => void;
  hint?: ReactNode;
  /** Why the value is refused, in words. */
  error?: string;
  name?: string;
  maxLength?: number;
  disabled?: boolean;
}

/** A text of several lines, as high as it needs. */
export function TextArea({ label, value, onValueChange, hint, error, ...rest }: TextAreaProps) {
  return (
    <Field label={label} hint={hint} error={error}>
      {(control) => (
        <textarea
          rows={3}
          dir="auto"
          {...rest}
          {...control}
          value={value}
          onChange={(event) => onValueChange(event.target.value)}
          className={classes(controlClass, 'field-sizing-content max-h-60 min-h-20 resize-none py-2')}
        />
      )}
    </Field>
  );
}
