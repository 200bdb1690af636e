/** Characters that reorder what follows them, so that a text reads as something else than it is. */
const REORDERING = /[\u202A-\u202E\u2066-\u2069]/g;

/** The text in the order in which it is stored. Right-to-left letters need none of these characters. */
export function inOrder(text: string): string {
  return text.replace(REORDERING, '');
}
