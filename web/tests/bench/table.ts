import type { FullResult, Reporter, TestCase, TestError, TestResult } from '@playwright/test/reporter';
import type { Figure } from './figure.ts';

/** Prints the figures, with the bounds that they shall keep. */
export default class Table implements Reporter {
  readonly #figures: Figure[] = [];
  readonly #failures: string[] = [];

  printsToStdio(): boolean {
    return true;
  }

  onTestEnd(test: TestCase, result: TestResult): void {
    for (const { type, description } of result.annotations)
      if (type === 'figure' && description) this.#figures.push(JSON.parse(description));
    for (const { message } of result.errors) this.#failures.push(`${test.title}: ${message}`);
  }

  onError(error: TestError): void {
    this.#failures.push(error.message ?? 'it does not start');
  }

  onEnd(_result: FullResult): void {
    const rows = [
      ['figure', 'bound', 'seen', ''],
      ...this.#figures.map(({ name, bound, seen, unit, kept }) => [
        name,
        bound,
        `${seen}${unit ? ` ${unit}` : ''}`,
        kept ? '' : 'over',
      ]),
    ];
    const widths = [0, 1, 2].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
    for (const row of rows)
      this.#write(
        row
          .map((cell, column) => cell.padEnd(widths[column] ?? 0))
          .join('   ')
          .trimEnd(),
      );
    for (const failure of this.#failures) this.#write(failure);
  }

  #write(line: string): void {
    process.stdout.write(`${line}\n`);
  }
}
