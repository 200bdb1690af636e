/** Times as people read them, in the language of the page. Formats are kept: making one costs much. */
import type { Timestamp } from '#/core/model.ts';
import { locale } from '#/i18n/index.ts';

const formats = new Map<string, Intl.DateTimeFormat>();

function format(name: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${locale()} ${name}`;
  let found = formats.get(key);
  if (!found) {
    found = new Intl.DateTimeFormat(locale(), options);
    formats.set(key, found);
  }
  return found;
}

/** As short as it can be without a doubt: the hour today, the day this week, then the date. */
export function shortTime(at: Timestamp, now: Date): string {
  const then = new Date(at);
  const days = dayNumber(now) - dayNumber(then);
  if (days === 0) return timeOfDay(at);
  if (days > 0 && days < 7) return format('weekday', { weekday: 'short' }).format(then);
  if (then.getFullYear() === now.getFullYear())
    return format('day', { day: 'numeric', month: 'short' }).format(then);
  return format('date', { day: 'numeric', month: 'numeric', year: '2-digit' }).format(then);
}

export function timeOfDay(at: Timestamp | number): string {
  return format('hour', { hour: 'numeric', minute: '2-digit' }).format(new Date(at));
}

/** For tooltips and screen readers. */
export function fullTime(at: Timestamp | number): string {
  return format('full', { dateStyle: 'full', timeStyle: 'short' }).format(new Date(at));
}

/** A day by its name: today, yesterday, a weekday with its date, and the year where it is another one. */
export function dayName(at: number, now: Date): string {
  const then = new Date(at);
  const days = dayNumber(now) - dayNumber(then);
  if (days === 0 || days === 1) {
    return capitalised(new Intl.RelativeTimeFormat(locale(), { numeric: 'auto' }).format(-days, 'day'));
  }
  const sameYear = then.getFullYear() === now.getFullYear();
  const day = { weekday: 'long', day: 'numeric', month: 'long' } as const;
  return capitalised(
    (sameYear ? format('day of the year', day) : format('day of a year', { ...day, year: 'numeric' })).format(
      then,
    ),
  );
}

export function longDate(at: Timestamp): string {
  return format('long', { dateStyle: 'long' }).format(new Date(at));
}

function capitalised(name: string): string {
  return name.charAt(0).toLocaleUpperCase(locale()) + name.slice(1);
}

/** Days of the local calendar, so that their difference counts midnights. */
function dayNumber(date: Date): number {
  return Math.floor(Date.UTC(date.getFullYear(), date.getMonth(), date.getDate()) / 86_400_000);
}
