import { afterEach, describe, expect, it, vi } from 'vitest';
import { browserFrames } from './frames.ts';

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

/** A page whose frames the test draws. */
function page() {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const frames = new Map<number, () => void>();
  vi.stubGlobal('requestAnimationFrame', (draw: () => void) => {
    frames.set(frames.size + 1, draw);
    return frames.size;
  });
  vi.stubGlobal('cancelAnimationFrame', (frame: number) => frames.delete(frame));
  return { draw: () => [...frames.values()].map((draw) => draw()) };
}

describe('a frame', () => {
  it('is the next one that the page draws', () => {
    const { draw } = page();
    const called = vi.fn();
    browserFrames(called);
    draw();
    vi.advanceTimersByTime(1_000);
    expect(called).toHaveBeenCalledTimes(1);
  });

  it('comes soon on a page that draws nothing', () => {
    const { draw } = page();
    const called = vi.fn();
    browserFrames(called);
    vi.advanceTimersByTime(200);
    draw();
    expect(called).toHaveBeenCalledTimes(1);
  });
});
