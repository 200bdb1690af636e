import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isBlank, roomLeft, sendable } from './limits.ts';

describe('how much may be written', () => {
  it('is not told before it matters', () => {
    expect(roomLeft('')).toBeUndefined();
    expect(roomLeft('x'.repeat(8_999))).toBeUndefined();
  });

  it('is told in characters near 10,000', () => {
    expect(roomLeft('x'.repeat(9_000))).toEqual({ left: 1_000, unit: 'characters' });
    expect(roomLeft('x'.repeat(10_000))).toEqual({ left: 0, unit: 'characters' });
    expect(roomLeft('x'.repeat(10_001))).toEqual({ left: -1, unit: 'characters' });
  });

  it('is told in bytes where those run out first', () => {
    expect(roomLeft('🦀'.repeat(4_096))).toEqual({ left: 0, unit: 'bytes' });
    expect(roomLeft('🦀'.repeat(4_097))).toEqual({ left: -4, unit: 'bytes' });
  });

  it('counts a composed character once, as the server does', () => {
    expect(roomLeft('e\u0301'.repeat(8_000))?.left).toBe(384);
  });

  it('never calls a text short enough that the server refuses', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('x', 'é', 'e\u0301', 'Ї', '€', '🦀', '\n'),
        fc.integer({ min: 1, max: 12_000 }),
        (character, count) => {
          const text = character.repeat(count);
          const composed = text.normalize('NFC');
          const refused = [...composed].length > 10_000 || Buffer.byteLength(composed) > 16 * 1024;
          expect((roomLeft(text)?.left ?? 0) < 0).toBe(refused);
        },
      ),
      { numRuns: 60 },
    );
  });
});

describe('what is sent', () => {
  it('has no control characters but newline and tab', () => {
    expect(sendable('a\u0000b\u001b[31mc\u007f\u0085\td\r\ne\rf')).toBe('ab[31mc\td\ne\nf');
  });

  it('has no half characters', () => {
    expect(sendable('a\ud83d')).toBe('a\ufffd');
  });

  it('is nothing where there are only blanks and control characters', () => {
    expect(isBlank(' \n\t\u0000')).toBe(true);
    expect(isBlank(' a ')).toBe(false);
  });
});
