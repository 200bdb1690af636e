import { createStore, useStore } from 'zustand';
import type { ToastOptions } from './popups/toast_stack.tsx';
import { loadPopups, usePopups } from './use_popups.ts';

/** `wanted` from the first toast on; `ready` once the stack that shows them is there. */
const stack = createStore(() => ({ wanted: false, ready: false }));

function untilReady(): Promise<void> {
  stack.setState({ wanted: true });
  if (stack.getState().ready) return Promise.resolve();
  return new Promise((resolve) => {
    const unsubscribe = stack.subscribe(({ ready }) => {
      if (!ready) return;
      unsubscribe();
      resolve();
    });
  });
}

/** Tells the outcome of something, wherever the person is by then. Returns what takes it away. */
export function toast(text: string, options: ToastOptions = {}): () => void {
  const added = Promise.all([loadPopups(), untilReady()]).then(([popups]) => {
    const id = popups.addToast(text, options);
    return () => popups.closeToast(id);
  });
  added.catch(reportError);
  return () => void added.then((close) => close(), reportError);
}

/** Where toasts are shown; once in the app. */
export function ToastPlace() {
  const popups = usePopups(useStore(stack, ({ wanted }) => wanted));
  return (
    popups && <popups.ToastStack onReady={() => queueMicrotask(() => stack.setState({ ready: true }))} />
  );
}
