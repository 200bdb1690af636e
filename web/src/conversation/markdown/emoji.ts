/** Up to eight emoji and nothing else. Not a literal, so that a browser without such sets fails here only. */
const PATTERN: string = '^(?:\\p{RGI_Emoji}\\s*){1,8}$';
const SETS: string = 'v';

const EMOJI = makePattern();

function makePattern(): RegExp | undefined {
  try {
    return new RegExp(PATTERN, SETS);
  } catch {
    return undefined;
  }
}

/** Whether a message consists of a few emoji, which are shown large. */
export function isEmojiOnly(text: string): boolean {
  return text.length <= 200 && (EMOJI?.test(text.trim()) ?? false);
}
