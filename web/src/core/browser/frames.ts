import type { Frames } from '../live_store.ts';

/** Milliseconds after which a page that draws nothing, such as a hidden one, is told all the same. */
const HIDDEN = 200;

/** The browser's frames. */
export const browserFrames: Frames = (callback) => {
  let called = false;
  const once = () => {
    if (called) return;
    called = true;
    clearTimeout(late);
    cancelAnimationFrame(frame);
    callback();
  };
  const late = setTimeout(once, HIDDEN);
  const frame = requestAnimationFrame(once);
};
