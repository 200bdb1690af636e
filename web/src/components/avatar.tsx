import { type CSSProperties, memo } from 'react';
import { classes } from './classes.ts';

const SIZES = {
  xs: 'size-5 text-[0.5625rem]',
  sm: 'size-7 text-2xs',
  md: 'size-9 text-[0.8125rem]',
  lg: 'size-16 text-xl',
};

interface AvatarProps {
  /** Of the person or room: decides the colour. */
  id: string;
  name: string;
  size?: keyof typeof SIZES;
  /** Rooms are squares, people are round. */
  shape?: 'person' | 'room';
}

/** Initials on a colour of its own. Decoration: the name stands beside it. */
export const Avatar = memo(function Avatar({ id, name, size = 'md', shape = 'person' }: AvatarProps) {
  return (
    <span
      aria-hidden="true"
      className={classes(
        'hued inline-flex shrink-0 items-center justify-center overflow-hidden font-semibold after:content-[attr(data-initials)]',
        shape === 'person' ? 'rounded-full' : 'rounded-[28%]',
        SIZES[size],
      )}
      // Not as text: it would be copied along, and be a name for who speaks to the page.
      data-initials={initials(name)}
      style={{ '--hue': hue(id) } as CSSProperties}
    />
  );
});

const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** The first characters of the first and the last word; an emoji counts as one. */
export function initials(name: string): string {
  const words = name.trim().split(/\s+/).filter(Boolean);
  const chosen = words.length > 1 ? [words[0], words[words.length - 1]] : [words[0]];
  return (
    chosen
      .map((word = '') => firstGrapheme(word))
      .join('')
      .toUpperCase() || '?'
  );
}

function firstGrapheme(word: string): string {
  // The first letter or emoji, past brackets and signs, else whatever comes first.
  let first: string | undefined;
  for (const { segment } of graphemes.segment(word.slice(0, 32))) {
    if (/[\p{L}\p{N}\p{Extended_Pictographic}]/u.test(segment)) return segment;
    first ??= segment;
  }
  return first ?? '';
}

/** 0 to 359, the same for the same id everywhere. */
export function hue(id: string): number {
  let hash = 2166136261;
  for (let i = 0; i < id.length; i++) hash = Math.imul(hash ^ id.charCodeAt(i), 16777619);
  // Ids that differ in their last digit alone shall not look alike.
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) % 360;
}
