import { Select as Base } from '@base-ui/react/select';
import { Check, ChevronsUpDown } from 'lucide-react';
import { classes } from './classes.ts';

export interface Choice<Value extends string> {
  value: Value;
  label: string;
  /** What it means, under its name. */
  hint?: string;
}

interface SelectProps<Value extends string> {
  label: string;
  labelHidden?: boolean;
  value: Value;
  choices: readonly Choice<Value>[];
  onValueChange: (value: Value) => void;
  disabled?: boolean;
  className?: string;
}

export function Select<Value extends string>({
  label,
  labelHidden = false,
  value,
  choices,
  onValueChange,
  disabled,
  className,
}: SelectProps<Value>) {
  return (
    <Base.Root
      items={choices as Choice<Value>[]}
      value={value}
      disabled={disabled}
      onValueChange={(next) => next !== null && onValueChange(next)}
    >
      <Base.Label className={labelHidden ? 'sr-only' : 'mb-1.5 block font-medium text-[0.8125rem]'}>
        {label}
      </Base.Label>
      <Base.Trigger
        className={classes(
          'inline-flex min-h-9 items-center justify-between gap-2 rounded-lg px-3 ring-1 ring-line ring-inset transition-colors hover:bg-hover data-popup-open:bg-hover data-disabled:opacity-55 pointer-coarse:min-h-11',
          className,
        )}
      >
        <Base.Value className="truncate" />
        <Base.Icon className="text-ink-faint">
          <ChevronsUpDown className="size-3.5" aria-hidden="true" />
        </Base.Icon>
      </Base.Trigger>
      <Base.Portal>
        <Base.Positioner sideOffset={4} alignItemWithTrigger={false} className="outline-none">
          <Base.Popup className="popup-motion max-h-(--available-height) min-w-(--anchor-width) overflow-y-auto rounded-xl bg-raised p-1 shadow-raised outline-none">
            {choices.map((choice) => (
              <Base.Item
                key={choice.value}
                value={choice.value}
                className="flex min-h-9 items-start gap-2 rounded-lg px-2.5 py-2 outline-none data-highlighted:bg-hover pointer-coarse:min-h-11"
              >
                <span className="max-w-72 flex-1">
                  <Base.ItemText>{choice.label}</Base.ItemText>
                  {choice.hint && <span className="block text-ink-faint text-xs">{choice.hint}</span>}
                </span>
                <Base.ItemIndicator className="mt-0.5 text-accent">
                  <Check className="size-4" aria-hidden="true" />
                </Base.ItemIndicator>
              </Base.Item>
            ))}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}
