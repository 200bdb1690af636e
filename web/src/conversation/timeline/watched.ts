import { useSyncExternalStore } from 'react';

/** Whether the person sees this page: it is visible and has the focus. */
function isWatched(): boolean {
  return document.visibilityState === 'visible' && document.hasFocus();
}

export function useWatched(): boolean {
  return useSyncExternalStore(subscribe, isWatched);
}

function subscribe(changed: () => void): () => void {
  document.addEventListener('visibilitychange', changed);
  window.addEventListener('focus', changed);
  window.addEventListener('blur', changed);
  return () => {
    document.removeEventListener('visibilitychange', changed);
    window.removeEventListener('focus', changed);
    window.removeEventListener('blur', changed);
  };
}
