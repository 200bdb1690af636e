import { inOrder } from './markdown/bidi.ts';

const LONGEST = 160;

/** The beginning of a message on one line. */
export function excerpt(body: string): string {
  const line = inOrder(body.slice(0, LONGEST * 8))
    .replace(/```\w*/g, '')
    .replace(/\s+/g, ' ')
    .trim();
  const characters = Array.from(line);
  return characters.length > LONGEST ? `${characters.slice(0, LONGEST).join('')}…` : line;
}
