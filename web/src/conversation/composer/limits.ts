/** What the server takes as a message. */

/** Longest message in characters, as the server counts them: code points of the composed text. */
export const CHARACTERS = 10_000;
/** Longest message in bytes of UTF-8. */
const BYTES = 16 * 1024;
/** More than this is not taken into the composer at all: it could never be sent, and would make typing slow. */
export const COMPOSABLE = 50_000;

/** With this share of the room left, the composer tells how much it is. */
const NEAR = 0.1;

export interface Room {
  /** Characters over or up to the limit; the scarcer of characters and bytes, in characters or bytes. */
  readonly left: number;
  readonly unit: 'characters' | 'bytes';
}

/** How much more may be written, once that is worth telling. */
export function roomLeft(text: string): Room | undefined {
  // No UTF-16 unit takes more than three bytes, so most texts need no count.
  if (text.length * 3 < BYTES * (1 - NEAR)) return undefined;
  const composed = text.normalize('NFC');
  const characters = CHARACTERS - countCharacters(composed);
  const bytes = BYTES - new TextEncoder().encode(composed).length;
  // Compared by share: a byte is worth less than a character.
  if (Math.min(characters / CHARACTERS, bytes / BYTES) > NEAR) return undefined;
  return characters / CHARACTERS <= bytes / BYTES
    ? { left: characters, unit: 'characters' }
    : { left: bytes, unit: 'bytes' };
}

function countCharacters(text: string): number {
  let count = text.length;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit >= 0xd800 && unit <= 0xdbff) count -= 1;
  }
  return count;
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what the server refuses
const CONTROLS = /[\u0000-\u0008\u000B-\u001F\u007F-\u009F]/g;

/** The text as it is sent: without control characters, which the server refuses, and half characters. */
export function sendable(text: string): string {
  return text.replace(/\r\n?/g, '\n').replace(CONTROLS, '').toWellFormed();
}

/** Whether there is anything to send. */
export function isBlank(text: string): boolean {
  return sendable(text).trim() === '';
}
