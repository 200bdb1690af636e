import { test } from '../e2e/test.ts';

export interface Figure {
  readonly name: string;
  /** As the table shows it. */
  readonly bound: string;
  readonly seen: number;
  readonly unit: string;
  readonly kept: boolean;
}

/** Notes what was seen of a figure. */
export function note(
  name: string,
  seen: number,
  unit: string,
  bound: { readonly most: number } | { readonly least: number },
): void {
  const [kept, text] =
    'most' in bound
      ? [seen <= bound.most, `at most ${bound.most}`]
      : [seen >= bound.least, `at least ${bound.least}`];
  const figure: Figure = { name, bound: `${text} ${unit}`.trim(), seen, unit, kept };
  test.info().annotations.push({ type: 'figure', description: JSON.stringify(figure) });
}

/** The value that this share of all does not exceed. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;
}
