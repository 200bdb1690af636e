/** Sets of strings in patterns. Not a literal, so that a browser that lacks them fails here only. */
const SETS: string = 'v';

/** Up to eight emoji and nothing else. */
const EMOJI = makePattern();

function makePattern(): RegExp | undefined {
  try {
    return /^(?:\p{RGI_Emoji}\s*){1,8}$/v;
  } catch {
    return undefined;
  }
}

/** Whether a message consists of a few emoji, which are shown large. */
export function isEmojiOnly(text: string): boolean {
  return text.length <= 200 && (EMOJI?.test(text.trim()) ?? false);
}
