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
  if (days === 0) return format('hour', { hour: 'numeric', minute: '2-digit' }).format(then);
  if (days > 0 && days < 7) return format('weekday', { weekday: 'short' }).format(then);
  if (then.getFullYear() === now.getFullYear())
    return format('day', { day: 'numeric', month: 'short' }).format(then);
  return format('date', { day: 'numeric', month: 'numeric', year: '2-digit' }).format(then);
}

/** For tooltips and screen readers. */
export function fullTime(at: Timestamp): string {
  return format('full', { dateStyle: 'full', timeStyle: 'short' }).format(new Date(at));
}

export function longDate(at: Timestamp): string {
  return format('long', { dateStyle: 'long' }).format(new Date(at));
}

/** Days of the local calendar, so that their difference counts midnights. */
function dayNumber(date: Date): number {
  return Math.floor(Date.UTC(date.getFullYear(), date.getMonth(), date.getDate()) / 86_400_000);
}
