import { ApiError } from '#/core/api/error.ts';
import type { Failure } from '#/core/model.ts';
import { errors } from '#/i18n/en/errors.ts';
import type { Text } from '#/i18n/text.ts';

type Known = keyof typeof errors;

/** A failure in the person's language: what happened, and what to do where that is known. */
export function failureText(failure: unknown, t: Text): string {
  if (!isFailure(failure)) return t('errors:unexpected');
  const seconds = failure instanceof ApiError ? Math.ceil((failure.retry_after_ms ?? 0) / 1000) : 0;
  if (failure instanceof ApiError && failure.status === 429 && seconds > 0)
    return t('common:wait', { count: seconds });
  return codeText(failure.code, failure.detail, t);
}

/**
 * The failure of a form: what belongs to its fields, and what does not. `fields` are the names of the fields that the
 * form has; a refusal of another one is told in general.
 */
export function formFailure<Field extends string>(
  failure: unknown,
  fields: readonly Field[],
  t: Text,
): { fields: Partial<Record<Field, string>>; general: string | undefined } {
  const found: Partial<Record<Field, string>> = {};
  if (failure === null || failure === undefined) return { fields: found, general: undefined };
  let others: string | undefined;
  for (const error of failure instanceof ApiError ? failure.errors : []) {
    const text = codeText(error.code, error.detail, t);
    const field = fields.find((name) => name === error.field);
    if (field) found[field] ??= text;
    else others ??= text;
  }
  const owner = isFailure(failure) ? FIELD_OF[failure.code] : undefined;
  const field = fields.find((name) => name === owner);
  if (field) found[field] ??= failureText(failure, t);
  const told = Object.keys(found).length > 0;
  return { fields: found, general: others ?? (told ? undefined : failureText(failure, t)) };
}

/** Refusals of one field that come without `errors`. */
const FIELD_OF: Record<string, string> = {
  username_taken: 'username',
  bad_username: 'username',
  weak_password: 'password',
  bad_credentials: 'password',
  title_taken: 'title',
};

function codeText(code: string, detail: string, t: Text): string {
  return code in errors ? t(`errors:${code as Known}`) : detail;
}

function isFailure(failure: unknown): failure is Failure {
  return typeof failure === 'object' && failure !== null && 'code' in failure && 'detail' in failure;
}
