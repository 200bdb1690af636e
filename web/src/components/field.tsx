import { type ReactNode, useId } from 'react';

interface FieldProps {
  label: string;
  /** The label is said and not shown. */
  labelHidden?: boolean;
  hint?: ReactNode;
  /** Why the value is refused, in words. */
  error?: string;
  className?: string;
  /** Makes the control, with what ties it to its label and its words. */
  children: (control: Wiring) => ReactNode;
}

interface Wiring {
  id: string;
  'aria-describedby': string | undefined;
  'aria-invalid': true | undefined;
}

/** What is around a control: its label, and below it what is wrong or what helps. */
export function Field({ label, labelHidden = false, hint, error, className, children }: FieldProps) {
  const id = useId();
  const about = `${id}-about`;
  const described = error !== undefined || hint !== undefined;
  return (
    <div className={className}>
      <label htmlFor={id} className={labelHidden ? 'sr-only' : 'mb-1.5 block font-medium text-[0.8125rem]'}>
        {label}
      </label>
      {children({
        id,
        'aria-describedby': described ? about : undefined,
        'aria-invalid': error !== undefined || undefined,
      })}
      {described && (
        <p
          id={about}
          role={error === undefined ? undefined : 'alert'}
          className={`mt-1.5 text-[0.8125rem] ${error === undefined ? 'text-ink-faint' : 'text-danger-ink'}`}
        >
          {error ?? hint}
        </p>
      )}
    </div>
  );
}
