import { test as base, expect, type Page } from '@playwright/test';

/** Where the messages on the screen are: pixels from the top of the window, by the messages' counts. */
export type Places = Record<string, number>;

/** A scene, and what can be asked of it. */
export class Play {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  async open(query: string): Promise<void> {
    await this.page.addInitScript(watch);
    await this.page.goto(`/tests/stage/index.html?${query}`);
    await expect(this.page.getByRole('textbox')).toBeVisible();
    await this.settle();
  }

  /** Waits until nothing has moved for some frames. */
  async settle(): Promise<void> {
    await this.page.waitForTimeout(150);
    await expect
      .poll(async () => {
        const before = JSON.stringify(await this.places());
        await this.page.waitForTimeout(120);
        return before === JSON.stringify(await this.places());
      })
      .toBe(true);
  }

  places(): Promise<Places> {
    return this.page.evaluate(() => window.watched.places());
  }

  /** The places in every frame while something happens. */
  async frames(happens: () => Promise<void>): Promise<Places[]> {
    await this.page.evaluate(() => window.watched.begin());
    await happens();
    return this.page.evaluate(() => window.watched.end());
  }

  /** What the Layout Instability API counted since the last time. */
  shifts(): Promise<number> {
    return this.page.evaluate(() => window.watched.shifts());
  }

  /** Pixels that the view is away from the end. */
  distance(): Promise<number> {
    return this.page.evaluate(() => {
      const log = document.querySelector('[role=log]');
      return log ? Math.round(log.scrollHeight - log.clientHeight - log.scrollTop) : Number.NaN;
    });
  }

  async wheel(pixels: number): Promise<void> {
    await this.page.mouse.move(400, 300);
    await this.page.mouse.wheel(0, pixels);
  }

  receive(count: number): Promise<void> {
    return this.page.evaluate((n) => window.stage.client.receive(n), count);
  }
}

export const test = base.extend<{ play: Play }>({
  play: async ({ page }, use) => {
    const errors: string[] = [];
    page.on('pageerror', (error) => errors.push(String(error.stack)));
    await use(new Play(page));
    expect(errors).toEqual([]);
  },
});

export { expect };

interface Watched {
  places: () => Places;
  begin: () => void;
  end: () => Places[];
  shifts: () => number;
}

declare global {
  interface Window {
    watched: Watched;
  }
}

/** Runs in the page before anything else. */
function watch(): void {
  let shifted = 0;
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) shifted += (entry as PerformanceEntry & { value: number }).value;
  }).observe({ type: 'layout-shift', buffered: true });

  const places = (): Places => {
    const log = document.querySelector('[role=log]');
    if (!log) return {};
    const window = log.getBoundingClientRect();
    const found: Places = {};
    for (const article of log.querySelectorAll('article[aria-posinset]')) {
      const { top, bottom } = article.getBoundingClientRect();
      if (bottom > window.top && top < window.bottom) {
        found[article.getAttribute('aria-posinset') ?? ''] = Math.round(top * 10) / 10;
      }
    }
    return found;
  };

  let frames: Places[] | undefined;
  // After the frame was drawn.
  const next = () => requestAnimationFrame(() => setTimeout(look));
  const look = () => {
    frames?.push(places());
    if (frames) next();
  };
  window.watched = {
    places,
    begin: () => {
      frames = [places()];
      next();
    },
    end: () => {
      const all = frames ?? [];
      frames = undefined;
      return all;
    },
    shifts: () => {
      const sum = shifted;
      shifted = 0;
      return sum;
    },
  };
}
