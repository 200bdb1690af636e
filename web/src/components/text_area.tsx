import { Field } from '@base-ui/react/field';
import type { ReactNode } from 'react';
import { classes } from './classes.ts';
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
    <Field.Root invalid={error !== undefined}>
      <Field.Label className="mb-1.5 block font-medium text-[0.8125rem]">{label}</Field.Label>
      <Field.Control
        value={value}
        onValueChange={onValueChange}
        render={<textarea rows={3} dir="auto" {...rest} />}
        className={classes(controlClass, 'field-sizing-content max-h-60 min-h-20 resize-none py-2')}
      />
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
