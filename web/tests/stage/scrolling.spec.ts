import { expect, type Places, test } from './play.ts';

/** How far the messages moved from one frame to the next; NaN where they did not move as one. */
function motions(frames: readonly Places[]): number[] {
  return frames.slice(1).map((frame, i) => {
    const before = frames[i] ?? {};
    const moved = Object.keys(frame)
      .filter((n) => n in before)
      .map((n) => (frame[n] ?? 0) - (before[n] ?? 0));
    if (moved.length === 0) return Object.keys(frame).length === 0 ? Number.NaN : 0;
    return Math.max(...moved) - Math.min(...moved) > 1 ? Number.NaN : (moved[0] ?? 0);
  });
}

for (const place of [1, 0.5, 0.1, 0]) {
  test(`older messages move nothing when they come while one reads at ${place} of the window`, async ({
    page,
    play,
  }) => {
    await play.open('scene=plain&size=10000&delay=80');
    await page.evaluate((share) => {
      const log = document.querySelector('[role=log]');
      log?.scrollTo(0, share * (log.scrollHeight - log.clientHeight));
    }, place);
    await play.settle();
    const before = await play.places();
    await play.shifts();
    const frames = await play.frames(async () => {
      await page.evaluate(() => window.stage.client.loadOlder(''));
      await page.waitForTimeout(500);
    });
    for (const frame of frames) expect(frame).toEqual(before);
    expect(await play.shifts()).toBe(0);
  });
}

test('ten thousand messages scroll by as much as the wheel turns, whatever is loaded and measured', async ({
  page,
  play,
}) => {
  await play.open('scene=plain&size=10000&delay=40');
  const frames = await play.frames(async () => {
    for (let i = 0; i < 60; i++) {
      await play.wheel(-300);
      await page.waitForTimeout(25);
    }
    await play.settle();
  });
  const moved = motions(frames);
  expect(moved.filter((motion) => Number.isNaN(motion) || motion < 0)).toEqual([]);
  expect(moved.reduce((sum, motion) => sum + motion, 0)).toBeCloseTo(18_000, -2);
  expect(frames.filter((frame) => Object.keys(frame).length === 0)).toEqual([]);
});

test('the view follows the end, whatever grows or shrinks', async ({ page, play }) => {
  await play.open('scene=plain&size=400');
  expect(await play.distance()).toBe(0);
  await play.receive(3);
  await expect.poll(() => play.distance()).toBe(0);
  await page.getByRole('textbox').fill('a\n'.repeat(7));
  await expect.poll(() => play.distance()).toBe(0);
  await page.setViewportSize({ width: 500, height: 600 });
  await expect.poll(() => play.distance()).toBe(0);
  await page.setViewportSize({ width: 1200, height: 800 });
  await expect.poll(() => play.distance()).toBe(0);
});

for (const tail of [2, 6, 25]) {
  test(`a room of which ${tail} messages are known stays at its end when the others come`, async ({
    page,
    play,
  }) => {
    await play.open(`scene=plain&size=400&tail=${tail}&delay=1500`);
    const before = await play.places();
    const frames = await play.frames(() => page.waitForTimeout(2500));
    expect(await play.distance()).toBe(0);
    for (const frame of frames) expect(frame).toMatchObject(before);
  });
}

test('who reads further up is not moved by what comes, and is told how much it is', async ({
  page,
  play,
}) => {
  await play.open('scene=plain&size=400');
  await play.wheel(-1500);
  await play.settle();
  const before = await play.places();
  const frames = await play.frames(async () => {
    await play.receive(7);
    await page.waitForTimeout(300);
  });
  for (const frame of frames) expect(frame).toEqual(before);
  await page.getByRole('button', { name: '7 new messages' }).click();
  await expect.poll(() => play.distance()).toBe(0);
  await expect(page.getByRole('button', { name: /new message/ })).toHaveCount(0);
});

test('a room opens at the first unread message, without showing anything else before', async ({
  page,
  play,
}) => {
  await play.open('scene=plain&size=2000&read=1200');
  await expect(page.getByText('New', { exact: true })).toBeInViewport();
  expect(Object.keys(await play.places())).toContain('1201');
  await page.getByRole('button', { name: /new messages/ }).click();
  await expect.poll(async () => Object.keys(await play.places())).toContain('2000');
  expect(await play.distance()).toBe(0);
});

test('a link leads to a message far away, and marks it for a moment', async ({ page, play }) => {
  await play.open('scene=plain&size=2000');
  for (const n of [300, 310, 1, 2000]) {
    await page.evaluate((wanted) => window.stage.show(wanted), n);
    const message = page.locator(`article[aria-posinset="${n}"]`);
    await expect(message).toBeInViewport();
    await expect(message).toHaveClass(/bg-accent-soft/);
  }
});
