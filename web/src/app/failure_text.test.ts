// @vitest-environment jsdom
import i18next from 'i18next';
import { beforeAll, describe, expect, it } from 'vitest';
import { ApiError } from '#/core/api/error.ts';
import { startTranslation } from '#/i18n/index.ts';
import type { Text } from '#/i18n/text.ts';
import { failureText, formFailure } from './failure_text.ts';

const t = ((...given: Parameters<typeof i18next.t>) => i18next.t(...given)) as unknown as Text;

beforeAll(startTranslation);

describe('what a failure says', () => {
  it('is the text of its code', () => {
    const failure = { code: 'last_owner', detail: 'in English' };
    expect(failureText(failure, t)).toBe('A room needs an owner. Make somebody else an owner first.');
  });

  it('is the server’s own words where the code is a new one', () => {
    expect(failureText({ code: 'from_the_future', detail: 'mind the gap' }, t)).toBe('mind the gap');
  });

  it('is how long to wait where the server says it', () => {
    const failure = new ApiError({
      code: 'too_many_attempts',
      detail: '',
      status: 429,
      retry_after_ms: 21_500,
    });
    expect(failureText(failure, t)).toBe('Too many attempts. Try again in 22 seconds.');
  });

  it('is no defect’s inner words', () => {
    expect(failureText(new TypeError('undefined is not a function'), t)).toBe(
      'Something went wrong that should not have.',
    );
  });
});

describe('what a form says', () => {
  const fields = ['username', 'password'] as const;

  it('stands at the field that the server names', () => {
    const failure = new ApiError({
      code: 'weak_password',
      detail: '',
      status: 422,
      errors: [{ field: 'password', code: 'weak_password', detail: 'must have at least 8 characters' }],
    });
    const told = formFailure(failure, fields, t);
    expect(told.fields.password).toBe('Use 8 to 256 characters, and not your username.');
    expect(told.general).toBeUndefined();
  });

  it('stands at the field that a code is about', () => {
    const failure = new ApiError({ code: 'username_taken', detail: '', status: 409 });
    expect(formFailure(failure, fields, t).fields.username).toMatch(/^Somebody has this username/);
  });

  it('is told in general where the form has no such field', () => {
    const failure = new ApiError({
      code: 'invalid',
      detail: '',
      status: 422,
      errors: [{ field: 'member_ids[3]', code: 'unknown', detail: 'nobody has this id' }],
    });
    expect(formFailure(failure, fields, t)).toEqual({ fields: {}, general: 'nobody has this id' });
  });

  it('is told in general where nothing answered', () => {
    const failure = new ApiError({ code: 'network', detail: '', status: 0 });
    expect(formFailure(failure, fields, t).general).toMatch(/could not be reached/);
  });

  it('is nothing before anything failed', () => {
    expect(formFailure(null, fields, t)).toEqual({ fields: {}, general: undefined });
  });
});
