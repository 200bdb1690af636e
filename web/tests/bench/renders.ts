import type { Locator, Page } from '@playwright/test';

/** Of React's nodes as much as is looked at. */
interface Fiber {
  readonly child: Fiber | null;
  readonly sibling: Fiber | null;
  readonly flags: number;
  readonly stateNode: unknown;
}

interface Seen {
  /** Every component that was rendered below an element. */
  rendered: number;
  commits: number;
  root: Fiber | undefined;
  element: Element | undefined;
  fibers: Set<Fiber>;
}

declare global {
  interface Window {
    rendering: Seen & { look: () => void };
  }
}

/** Listens where React's developer tools do: production builds tell them of every commit too. Before the page loads. */
export async function listenToReact(page: Page): Promise<void> {
  await page.addInitScript(() => {
    /** `PerformedWork`: the component's function was called. */
    const RENDERED = 1;

    function below(fiber: Fiber | null, found: Set<Fiber>): Set<Fiber> {
      for (let next = fiber; next; next = next.sibling) {
        found.add(next);
        below(next.child, found);
      }
      return found;
    }

    function host(fiber: Fiber | null, element: Element): Fiber | undefined {
      for (let next = fiber; next; next = next.sibling) {
        const found = next.stateNode === element ? next : host(next.child, element);
        if (found) return found;
      }
      return undefined;
    }

    const seen: Window['rendering'] = {
      rendered: 0,
      commits: 0,
      root: undefined,
      element: undefined,
      fibers: new Set(),
      look() {
        const at = seen.element && seen.root && host(seen.root, seen.element);
        const now = at ? below(at.child, new Set([at])) : new Set<Fiber>();
        // What was left alone is the same object; what was only passed through is a copy without the flag.
        for (const fiber of now) if (!seen.fibers.has(fiber) && fiber.flags & RENDERED) seen.rendered += 1;
        seen.fibers = now;
      },
    };
    window.rendering = seen;
    Object.assign(window, {
      __REACT_DEVTOOLS_GLOBAL_HOOK__: {
        supportsFiber: true,
        inject: () => 1,
        onCommitFiberRoot(_renderer: number, root: { current: Fiber }) {
          seen.root = root.current;
          seen.commits += 1;
          if (seen.element) seen.look();
        },
        onCommitFiberUnmount() {},
        onPostCommitFiberRoot() {},
      },
    });
  });
}

/** How many components below an element are rendered while something happens. */
export async function renders(element: Locator, happens: () => Promise<void>): Promise<number> {
  await element.evaluate((element) => {
    const seen = window.rendering;
    seen.element = element;
    seen.fibers = new Set();
    seen.look();
    seen.rendered = 0;
  });
  await happens();
  return element.evaluate(() => window.rendering.rendered);
}
