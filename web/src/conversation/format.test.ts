import { describe, expect, it } from 'vitest';
import { dayName } from './format.ts';

const NOW = new Date(2026, 4, 20, 0, 30).getTime();

describe('the name of a day', () => {
  it('is today or yesterday by the calendar, not by hours', () => {
    expect(dayName(new Date(2026, 4, 20, 0, 1).getTime(), NOW, 'en')).toBe('Today');
    expect(dayName(new Date(2026, 4, 19, 23, 59).getTime(), NOW, 'en')).toBe('Yesterday');
    expect(dayName(new Date(2026, 4, 19, 23, 59).getTime(), NOW, 'uk')).toBe('Учора');
  });

  it('is a date before that, with the year when it is another one', () => {
    expect(dayName(new Date(2026, 4, 2).getTime(), NOW, 'en')).toBe('Saturday, May 2');
    expect(dayName(new Date(2025, 4, 2).getTime(), NOW, 'en')).toBe('Friday, May 2, 2025');
  });

  it('is a date for a day to come: a clock may be wrong', () => {
    expect(dayName(new Date(2026, 4, 22).getTime(), NOW, 'en')).toBe('Friday, May 22');
  });
});
