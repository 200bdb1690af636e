import { cloneElement, type HTMLAttributes, type ReactElement } from 'react';

interface TooltipProps {
  label: string;
  /** The keys that do the same. */
  keys?: string;
  children: ReactElement<HTMLAttributes<HTMLElement>>;
}

/**
 * Shows a word beside what has none on it. What it is on has its own accessible name: this is for eyes only. It costs
 * two attributes; `TooltipLayer` shows the one that is looked at.
 */
export function Tooltip({ label, keys, children }: TooltipProps) {
  const attributes = { 'data-tooltip': label, 'data-tooltip-keys': keys };
  return cloneElement(children, attributes as HTMLAttributes<HTMLElement>);
}
