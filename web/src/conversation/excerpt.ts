import { plainPreview } from '#/app/message_preview.ts';
import { inOrder } from './markdown/bidi.ts';

/** The beginning of a message on one line, as plain text. */
export function excerpt(body: string): string {
  return inOrder(plainPreview(body)).toWellFormed();
}
