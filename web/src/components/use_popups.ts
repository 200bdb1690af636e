import { useEffect, useState } from 'react';

type Popups = typeof import('./popups/index.ts').popups;

let popups: Popups | undefined;
let loading: Promise<Popups> | undefined;

/** Fetches what popups need; early, where one is about to be opened. */
export function loadPopups(): Promise<Popups> {
  loading ??= import('./popups/index.ts').then(
    (module) => {
      popups = module.popups;
      return popups;
    },
    (reason) => {
      loading = undefined;
      throw reason;
    },
  );
  return loading;
}

/** For what prepares: a failure is met again, and told, when the popup is wanted. */
export function preparePopups(): void {
  loadPopups().catch(() => undefined);
}

/** What popups need, once they are wanted and it is there. */
export function usePopups(wanted: boolean): Popups | undefined {
  const [, show] = useState(popups !== undefined);
  useEffect(() => {
    if (!wanted || popups) return;
    let away = false;
    loadPopups().then(() => {
      if (!away) show(true);
    }, reportError);
    return () => {
      away = true;
    };
  }, [wanted]);
  return popups;
}

/** Whether something was wanted once: what has opened stays, so that it can close in a calm way. */
export function useOnce(wanted: boolean): boolean {
  const [once, setOnce] = useState(wanted);
  if (wanted && !once) setOnce(true);
  return once || wanted;
}
