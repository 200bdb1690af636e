/** Times and days as the reader's language and clock have them. */

const formats = new Map<string, Intl.DateTimeFormat>();

function format(language: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${language} ${Object.entries(options).flat().join()}`;
  let found = formats.get(key);
  if (!found) {
    found = new Intl.DateTimeFormat(language, options);
    formats.set(key, found);
  }
  return found;
}

export function timeOfDay(at: number, language: string): string {
  return format(language, { hour: 'numeric', minute: '2-digit' }).format(at);
}

export function fullTime(at: number, language: string): string {
  return format(language, { dateStyle: 'full', timeStyle: 'medium' }).format(at);
}

const DAY = 86_400_000;

/** A day by its name: today, yesterday, a weekday of the last six, else its date. */
export function dayName(at: number, now: number, language: string): string {
  const days = Math.round((startOfDay(now) - startOfDay(at)) / DAY);
  if (days === 0 || days === 1) {
    const relative = new Intl.RelativeTimeFormat(language, { numeric: 'auto' }).format(-days, 'day');
    return relative.charAt(0).toLocaleUpperCase(language) + relative.slice(1);
  }
  const sameYear = new Date(at).getFullYear() === new Date(now).getFullYear();
  const name = format(language, {
    weekday: 'long',
    day: 'numeric',
    month: 'long',
    ...(sameYear ? {} : { year: 'numeric' }),
  }).format(at);
  return name.charAt(0).toLocaleUpperCase(language) + name.slice(1);
}

function startOfDay(at: number): number {
  return new Date(at).setHours(0, 0, 0, 0);
}
