import type { Message } from '#/core/model.ts';
import { excerpt } from '../excerpt.ts';
import { nameOf } from '../person.ts';

/** What to tell of messages that came in: one is read out, more are counted. */
export type Announcement =
  | { readonly kind: 'one'; readonly author: string; readonly text: string }
  | { readonly kind: 'many'; readonly count: number; readonly authors: readonly string[] };

/** More names than these are not read out. */
const NAMES = 3;

export function announcementOf(messages: readonly Message[]): Announcement | undefined {
  const [first, second] = messages;
  if (!first) return undefined;
  if (!second) return { kind: 'one', author: nameOf(first.sender), text: excerpt(first.body) };
  const authors = [...new Set(messages.map((message) => nameOf(message.sender)))].slice(0, NAMES);
  return { kind: 'many', count: messages.length, authors };
}
