import type { UserRef } from '#/core/model.ts';
import { inOrder } from './markdown/bidi.ts';

/** What to call somebody; never empty. */
export function nameOf(person: Pick<UserRef, 'display_name' | 'username'>): string {
  return inOrder(person.display_name).trim() || person.username;
}
