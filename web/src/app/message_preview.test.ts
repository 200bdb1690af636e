import { expect, it } from 'vitest';
import { plainPreview } from './message_preview.ts';

it.each([
  ['The **northern** _line_ is ~~not~~ `clear`', 'The northern line is not clear'],
  ['see [the book](https://example.org/a_b)', 'see the book'],
  ['# Title\n\n- one\n- two', 'Title one two'],
  ['> said\nanswered', 'said answered'],
  ['```rust\nfn main() {}\n```', 'fn main() {}'],
  ['snake_case_name and 2*3*4', 'snake_case_name and 2*3*4'],
  ['\\*not bold\\*', '*not bold*'],
  ['<b>as it is</b>', '<b>as it is</b>'],
])('shows %j as one line without signs', (markdown, plain) => {
  expect(plainPreview(markdown)).toBe(plain);
});

it('reads no more of a long text than it shows', () => {
  const started = performance.now();
  expect(plainPreview('*_`['.repeat(4000)).length).toBeLessThanOrEqual(160);
  expect(performance.now() - started).toBeLessThan(50);
});
