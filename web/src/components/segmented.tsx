import { Radio } from '@base-ui/react/radio';
import { RadioGroup } from '@base-ui/react/radio-group';
import { type ReactNode, useId } from 'react';

interface SegmentedProps<Value extends string> {
  label: string;
  value: Value;
  choices: readonly { value: Value; label: string; icon?: ReactNode }[];
  onValueChange: (value: Value) => void;
}

/** A choice of a few short things, all in sight. */
export function Segmented<Value extends string>({
  label,
  value,
  choices,
  onValueChange,
}: SegmentedProps<Value>) {
  const id = useId();
  return (
    <div>
      <span id={id} className="mb-1.5 block font-medium text-[0.8125rem]">
        {label}
      </span>
      <RadioGroup
        aria-labelledby={id}
        value={value}
        onValueChange={(next) => onValueChange(next as Value)}
        className="inline-flex max-w-full flex-wrap gap-0.5 rounded-lg bg-sunken p-0.5"
      >
        {choices.map((choice) => (
          // biome-ignore lint/a11y/noLabelWithoutControl: the radio inside is one
          <label
            key={choice.value}
            className="flex min-h-8 items-center gap-1.5 rounded-md px-3 text-ink-soft transition-colors has-data-checked:bg-thumb has-focus-visible:outline-2 has-data-checked:font-medium has-data-checked:text-ink has-focus-visible:outline-accent has-data-checked:shadow-sm has-data-checked:ring-1 has-data-checked:ring-line pointer-coarse:min-h-10 [&_svg]:size-4"
          >
            <Radio.Root value={choice.value} className="sr-only" />
            {choice.icon}
            {choice.label}
          </label>
        ))}
      </RadioGroup>
    </div>
  );
}
