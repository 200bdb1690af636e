import type { Page } from '@playwright/test';
import { movements, watched } from '../e2e/motion.ts';
import { RoomView } from '../e2e/room_view.ts';
import { expect, test } from '../e2e/test.ts';
import { numbered, Writer } from '../e2e/world/writer.ts';
import { note, percentile } from './figure.ts';
import { listenToReact, renders } from './renders.ts';

/** Of each load so many, of which the one in the middle is told. */
const LOADS = 5;
const SLOWDOWN = 4;

/** Notes when the composer is there and painted, in milliseconds since the navigation began, and what came until then. */
function noteInteractive(): void {
  const look = new MutationObserver(() => {
    const composer = document.querySelector('textarea');
    if (!composer || composer.readOnly) return;
    look.disconnect();
    requestAnimationFrame(() =>
      setTimeout(() => {
        const scripts = (performance.getEntriesByType('resource') as PerformanceResourceTiming[]).filter(
          ({ name, responseEnd }) => name.endsWith('.js') && responseEnd > 0,
        );
        Object.assign(window, {
          interactive: {
            at: performance.now(),
            bytes: scripts.reduce((sum, { encodedBodySize }) => sum + encodedBodySize, 0),
          },
        });
      }),
    );
  });
  look.observe(document, { childList: true, subtree: true });
}

async function interactive(page: Page): Promise<{ at: number; bytes: number }> {
  const found = await page.waitForFunction(
    () => (window as { interactive?: { at: number; bytes: number } }).interactive,
  );
  return (await found.jsonValue()) ?? { at: Number.NaN, bytes: 0 };
}

test('first load', async ({ person, visit, world }) => {
  const [ada, bob] = [await person('Ada'), await person('Bob')];
  const room = await ada.open('The towers', [bob]);
  const writer = await Writer.connect(world, bob);
  await writer.write(room.id, numbered(300));
  writer.close();
  const times: number[] = [];
  let bytes = 0;
  for (let load = 0; load < LOADS; load++) {
    // A new browser profile each time, in which somebody is signed in and nothing is cached.
    const page = await visit(ada, {
      path: 'about:blank',
      before: (context) => context.addInitScript(noteInteractive),
    });
    const devtools = await page.context().newCDPSession(page);
    await devtools.send('Emulation.setCPUThrottlingRate', { rate: SLOWDOWN });
    await page.goto(`${world.gateway(0)}/rooms/${room.id}`);
    const seen = await interactive(page);
    const view = new RoomView(page);
    await view.composer.pressSequentially('typed');
    await expect(view.composer).toHaveValue('typed');
    times.push(seen.at);
    bytes = Math.max(bytes, seen.bytes);
    await page.context().close();
  }
  note('JavaScript of the first load, compressed', Math.round(bytes / 102.4) / 10, 'KiB', { most: 200 });
  note(`interactive, CPU slowed down ${SLOWDOWN} times`, Math.round(percentile(times, 0.5)), 'ms', {
    most: 1_500,
  });
});

test('switching between rooms', async ({ person, visit, world }) => {
  const [ada, bob] = [await person('Ada'), await person('Bob')];
  const titles: string[] = [];
  const writer = await Writer.connect(world, bob);
  for (let i = 0; i < 10; i++) {
    const room = await ada.open(`Tower ${i}`, [bob]);
    titles.push(room.title);
    await writer.write(room.id, numbered(100, `in tower ${i}, message`));
  }
  writer.close();
  const page = await visit(ada);
  for (const title of titles) {
    const view = await RoomView.open(page, title);
    await view.feed.press('End');
    await expect(view.message(`in ${title.toLowerCase()}, message 100`)).toBeVisible();
    await page.waitForTimeout(300);
  }
  const times: number[] = [];
  for (let i = 0; i < 100; i++) {
    const title = titles[(i * 7) % titles.length] ?? '';
    times.push(
      await page.evaluate(async (title) => {
        const link = [...document.querySelectorAll<HTMLElement>('[data-room-row]')].find((row) =>
          row.textContent.includes(title),
        );
        const there = () =>
          document.querySelector('textarea')?.ariaLabel?.endsWith(title) &&
          document
            .querySelector('[role=log]')
            ?.textContent.includes(`in ${title.toLowerCase()}, message 100`);
        const begun = performance.now();
        link?.click();
        while (!there()) await new Promise(requestAnimationFrame);
        const painted = new MessageChannel();
        await new Promise((resolve) => {
          painted.port1.onmessage = resolve;
          requestAnimationFrame(() => painted.port2.postMessage(undefined));
        });
        return performance.now() - begun;
      }, title),
    );
    await page.waitForTimeout(60);
  }
  note('switch to another room, warm, 95th percentile of 100', Math.round(percentile(times, 0.95)), 'ms', {
    most: 100,
  });
});

test('typing', async ({ person, visit, world }) => {
  const ada = await person('Ada');
  const room = await ada.open('The towers');
  const writer = await Writer.connect(world, ada);
  await writer.write(room.id, numbered(100));
  writer.close();
  const page = await visit(ada, { path: 'about:blank' });
  await listenToReact(page);
  await page.goto(`${world.gateway(0)}/rooms/${room.id}`);
  const view = new RoomView(page);
  await expect(view.message('message 100')).toBeVisible();
  await page.waitForTimeout(1_500);
  // Within one line: where the composer grows, the place of the list changes.
  const count = await renders(view.feed, async () => {
    for (let i = 0; i < 4; i++) {
      await view.composer.pressSequentially('the towers of Montmartre, and all others, are lit', {
        delay: 15,
      });
      await view.composer.press('ControlOrMeta+a');
      await view.composer.press('Backspace');
    }
    await view.composer.pressSequentially('done');
    await page.waitForTimeout(1_000);
  });
  note('components of the list rendered by typing 200 characters', count, '', { most: 0 });
  const control = await renders(view.feed, async () => {
    await view.composer.press('Enter');
    await page.waitForTimeout(500);
  });
  expect(control, 'what a new message renders').toBeGreaterThan(0);
});

test('a busy room', async ({ person, visit, world }) => {
  const [ada, bob] = [await person('Ada'), await person('Bob')];
  const room = await ada.open('The towers', [bob]);
  const writer = await Writer.connect(world, bob);
  await writer.write(room.id, numbered(200));
  const page = await visit(ada);
  const view = await RoomView.open(page, 'The towers');
  await view.feed.press('End');
  await expect(view.message('message 200')).toBeInViewport();
  await page.waitForTimeout(1_500);
  const writing = writer.write(room.id, numbered(700, 'busy message'), 100);
  await expect(view.messages.filter({ hasText: 'busy message' }).first()).toBeVisible();
  const frames = await page.evaluate(
    () =>
      new Promise<number>((resolve) => {
        const begun = performance.now();
        let frames = 0;
        const count = () => {
          frames += 1;
          const lasted = performance.now() - begun;
          if (lasted >= 5_000) resolve((frames * 1_000) / lasted);
          else requestAnimationFrame(count);
        };
        requestAnimationFrame(count);
      }),
  );
  await writing;
  writer.close();
  await expect(view.message('busy message 700')).toBeInViewport();
  note('frames a second while 100 messages a second come', Math.round(frames * 10) / 10, '', { least: 50 });
});

test('older messages', async ({ person, visit, world }) => {
  const ada = await person('Ada');
  const room = await ada.open('The towers');
  const writer = await Writer.connect(world, ada);
  await writer.write(room.id, numbered(1_000));
  writer.close();
  // Slowly enough to be at rest when they come.
  const page = await visit(ada, {
    before: (context) =>
      context.route(/\/messages\?.*before=/, async (route) => {
        await new Promise((resolve) => setTimeout(resolve, 500));
        await route.continue();
      }),
  });
  const view = await RoomView.open(page, 'The towers');
  await expect(view.message('message 1000')).toBeInViewport();
  let shifted = 0;
  let moved = 0;
  for (let pages = 0; pages < 5; pages++) {
    const answered = page.waitForResponse(/\/messages\?.*before=/);
    await view.feed.evaluate((log) => log.scrollTo(0, 0));
    await page.waitForTimeout(150);
    const { frames, shifts } = await watched(view.feed, async () => {
      await answered;
      await page.waitForTimeout(500);
    });
    shifted += shifts;
    moved = Math.max(moved, ...movements(frames).map(Math.abs));
  }
  note('layout shift when older messages come', shifted, '', { most: 0 });
  note('movement when older messages come', Math.round(moved * 10) / 10, 'px', { most: 0 });
});
