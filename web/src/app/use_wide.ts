import { useSyncExternalStore } from 'react';

/** From this width on the rooms and a room are beside each other. As `md:` in class names. */
const WIDE = '(min-width: 48rem)';

export function useWide(): boolean {
  return useSyncExternalStore(listen, () => window.matchMedia(WIDE).matches);
}

function listen(changed: () => void): () => void {
  const query = window.matchMedia(WIDE);
  query.addEventListener('change', changed);
  return () => query.removeEventListener('change', changed);
}
