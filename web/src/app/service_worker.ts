/** Lets pages open without a network, and tells of a new version, which is taken when the person says so. */

const WORKER = '/sw.js';

/** Milliseconds between looks for a new version, in a page that stays open. */
const LOOK = 60 * 60_000;

/**
 * Registers the worker. `onUpdate` gets what takes the new version and reloads the page; it is called again in pages
 * whose worker was replaced from another tab.
 */
export async function registerWorker(onUpdate: (take: () => void) => void): Promise<void> {
  if (!('serviceWorker' in navigator)) return;
  const { serviceWorker } = navigator;
  const controlled = serviceWorker.controller !== null;
  let asked = false;

  serviceWorker.addEventListener('controllerchange', () => {
    if (asked) window.location.reload();
    else if (controlled) onUpdate(() => window.location.reload());
  });

  const registration = await serviceWorker.register(trusted(WORKER), { updateViaCache: 'none' });

  function tell(worker: ServiceWorker) {
    onUpdate(() => {
      asked = true;
      worker.postMessage({ type: 'SKIP_WAITING' });
    });
  }

  // The first worker replaces nothing: there is nothing to tell.
  if (registration.waiting && controlled) tell(registration.waiting);
  registration.addEventListener('updatefound', () => {
    const worker = registration.installing;
    worker?.addEventListener('statechange', () => {
      if (worker.state === 'installed' && serviceWorker.controller) tell(worker);
    });
  });
  setInterval(() => void registration.update().catch(() => undefined), LOOK);
}

/** Of trusted types as much as is used, which TypeScript does not know yet. */
interface TrustedTypes {
  createPolicy(
    name: string,
    rules: { createScriptURL: (url: string) => string },
  ): { createScriptURL: (url: string) => string };
}

/** The worker's address, as `require-trusted-types-for 'script'` wants it where the browser knows of that. */
function trusted(url: string): string {
  const { trustedTypes } = window as { trustedTypes?: TrustedTypes };
  const policy = trustedTypes?.createPolicy('chappe-worker', {
    createScriptURL: (given) => {
      if (given === WORKER) return given;
      throw new TypeError(`${given} is not the service worker`);
    },
  });
  return policy?.createScriptURL(url) ?? url;
}
