/**
 * Where to go after logging in: a path of this origin, else nothing. What comes from the address bar may be anything.
 */
export function safeNext(value: unknown): string | undefined {
  if (typeof value !== 'string' || !value.startsWith('/')) return undefined;
  try {
    const url = new URL(value, 'https://chappe.invalid');
    if (url.origin !== 'https://chappe.invalid') return undefined;
    const path = url.pathname + url.search + url.hash;
    return path === '/' || path.startsWith('//') || /^\/(login|register)\b/.test(path) ? undefined : path;
  } catch {
    return undefined;
  }
}
