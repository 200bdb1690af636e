import { Radio } from '@base-ui/react/radio';
import { RadioGroup } from '@base-ui/react/radio-group';
import { useId } from 'react';
import type { Choice } from './select.tsx';

interface RadioCardsProps<Value extends string> {
  label: string;
  value: Value;
  choices: readonly Choice<Value>[];
  onValueChange: (value: Value) => void;
}

/** A choice whose meaning needs a sentence. */
export function RadioCards<Value extends string>({
  label,
  value,
  choices,
  onValueChange,
}: RadioCardsProps<Value>) {
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
        className="grid gap-2 sm:grid-cols-2"
      >
        {choices.map((choice) => (
          // biome-ignore lint/a11y/noLabelWithoutControl: the radio inside is one
          <label
            key={choice.value}
            className="flex items-start gap-3 rounded-xl p-3.5 ring-1 ring-line ring-inset transition-colors hover:bg-hover has-data-checked:bg-accent-soft has-data-checked:ring-accent"
          >
            <Radio.Root
              value={choice.value}
              className="mt-0.5 flex size-4 shrink-0 items-center justify-center rounded-full border border-line-strong bg-canvas data-checked:border-accent data-checked:bg-accent"
            >
              <Radio.Indicator className="size-1.5 rounded-full bg-on-accent" />
            </Radio.Root>
            <span className="min-w-0">
              <span className="block font-medium">{choice.label}</span>
              {choice.hint && <span className="block text-[0.8125rem] text-ink-soft">{choice.hint}</span>}
            </span>
          </label>
        ))}
      </RadioGroup>
    </div>
  );
}
