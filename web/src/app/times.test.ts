// @vitest-environment jsdom
import i18next from 'i18next';
import { beforeAll, describe, expect, it } from 'vitest';
import { startTranslation } from '#/i18n/index.ts';
import { dayName } from './times.ts';

const NOW = new Date(2026, 4, 20, 0, 30);

function name(...date: [number, number, number, number?, number?]): string {
  return dayName(new Date(date[0], date[1], date[2], date[3] ?? 0, date[4] ?? 0).getTime(), NOW);
}

beforeAll(async () => {
  await startTranslation();
  await i18next.changeLanguage('en');
});

describe('the name of a day', () => {
  it('is today or yesterday by the calendar, not by hours', async () => {
    expect(name(2026, 4, 20, 0, 1)).toBe('Today');
    expect(name(2026, 4, 19, 23, 59)).toBe('Yesterday');
    await i18next.changeLanguage('uk');
    expect(name(2026, 4, 19, 23, 59)).toBe('Учора');
    await i18next.changeLanguage('en');
  });

  it('is a date before that, with the year when it is another one', () => {
    expect(name(2026, 4, 2)).toBe('Saturday, May 2');
    expect(name(2025, 4, 2)).toBe('Friday, May 2, 2025');
  });

  it('is a date for a day to come: a clock may be wrong', () => {
    expect(name(2026, 4, 22)).toBe('Friday, May 22');
  });
});
