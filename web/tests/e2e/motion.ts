import type { Locator } from '@playwright/test';

/** As much of the Layout Instability API as is used, which TypeScript does not know. */
interface LayoutShift {
  readonly value: number;
  readonly sources: readonly { readonly node: Node | null }[];
}

/** Where the messages in view are in one frame: pixels from the top, by their count. */
export type Frame = Readonly<Record<string, number>>;

/**
 * Looks at every frame, after it was painted, where the messages are. `shifts` is the sum that the browser counts
 * itself of what moves in the log.
 */
export async function watched(
  log: Locator,
  happens: () => Promise<void>,
): Promise<{ frames: readonly Frame[]; shifts: number }> {
  const watching = await log.evaluateHandle((element) => {
    const frames: Record<string, number>[] = [];
    let shifts = 0;
    const observer = new PerformanceObserver((list) => {
      for (const { value, sources } of list.getEntries() as unknown as LayoutShift[])
        if (sources.some(({ node }) => element.contains(node))) shifts += value;
    });
    observer.observe({ type: 'layout-shift' });
    let running = true;
    const painted = new MessageChannel();
    painted.port1.onmessage = () => {
      const view = element.getBoundingClientRect();
      const frame: Record<string, number> = {};
      for (const message of element.querySelectorAll('article[aria-posinset]')) {
        const { top, bottom } = message.getBoundingClientRect();
        if (bottom > view.top && top < view.bottom) frame[message.getAttribute('aria-posinset') ?? ''] = top;
      }
      frames.push(frame);
      if (running) next();
    };
    const next = () => requestAnimationFrame(() => painted.port2.postMessage(undefined));
    next();
    return {
      end: () => {
        running = false;
        observer.disconnect();
        return { frames, shifts };
      },
    };
  });
  await happens();
  return watching.evaluate((watching) => watching.end());
}

/** How far all messages moved from each frame to the next. Throws where some moved otherwise than others. */
export function movements(frames: readonly Frame[]): number[] {
  return frames.slice(1).map((frame, at) => {
    const before = frames[at] ?? {};
    const moved = Object.entries(frame).flatMap(([n, top]) => {
      const old = before[n];
      return old === undefined ? [] : [top - old];
    });
    if (moved.length === 0) throw new Error(`frames ${at} and ${at + 1} have no message in common`);
    const [least, most] = [Math.min(...moved), Math.max(...moved)];
    if (most - least > 1) throw new Error(`in frame ${at + 1} messages moved by ${least} to ${most} pixels`);
    return moved[0] ?? 0;
  });
}
