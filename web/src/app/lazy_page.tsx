import { type ComponentType, use } from 'react';

/**
 * A page whose code is fetched when it is wanted. The router preloads it. A failed fetch is tried again with the
 * next attempt to show the page; nothing reloads by itself, which would lose what is in a form.
 */
export function lazyPage(load: () => Promise<ComponentType>) {
  let loaded: ComponentType | undefined;
  let loading: Promise<ComponentType> | undefined;

  function preload(): Promise<ComponentType> {
    loading ??= load().then(
      (component) => {
        loaded = component;
        return component;
      },
      (reason) => {
        loading = undefined;
        throw reason;
      },
    );
    return loading;
  }

  // biome-ignore lint/correctness/noComponentHookFactories: made once per page, when the routes are
  function LazyPage() {
    const Page = loaded ?? use(preload());
    return <Page />;
  }
  LazyPage.preload = async (): Promise<void> => void (await preload());
  return LazyPage;
}
