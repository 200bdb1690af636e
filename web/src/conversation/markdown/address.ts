/** Where links may lead, and whether their text says so. */

export interface Address {
  readonly href: string;
  /** Where it really leads, where its text could make one think otherwise. */
  readonly really: string | undefined;
}

const ALLOWED = new Set(['http:', 'https:', 'mailto:']);

/** An address to link to, or `undefined` where it is none that a message may link to. */
export function addressOf(href: string, text: string): Address | undefined {
  const url = URL.canParse(href) ? new URL(href) : undefined;
  if (!url || !ALLOWED.has(url.protocol)) return undefined;
  const place = url.protocol === 'mailto:' ? url.pathname : url.host;
  return { href: url.href, really: deceives(url, place, text) ? place : undefined };
}

function deceives(url: URL, place: string, text: string): boolean {
  if (url.username !== '' || url.password !== '') return true;
  // Letters that look like others are written `xn--…` by browsers for the same reason.
  if (/(?:^|[.@])xn--/.test(place)) return true;
  const claim = claimed(text);
  if (claim === undefined) return false;
  if (url.protocol === 'mailto:') return !text.includes(place);
  return bare(claim) !== bare(url.hostname);
}

/** The first thing in a text that looks like a host. */
function claimed(text: string): string | undefined {
  const found = /(?:[\p{L}\p{N}\p{M}-]+[.\u3002\uFF0E])+[\p{L}\p{M}]{2,}/u.exec(text.slice(0, 2_000));
  if (!found) return undefined;
  const guess = `http://${found[0]}`;
  return URL.canParse(guess) ? new URL(guess).hostname : found[0];
}

function bare(host: string): string {
  return host.toLowerCase().replace(/^www\./, '');
}
