import { movements, watched } from './motion.ts';
import { RoomView } from './room_view.ts';
import { expect, test } from './test.ts';
import { numbered, Writer } from './world/writer.ts';

/** Messages of every height. */
function* various(count: number): Generator<string> {
  for (let n = 1; n <= count; n++) {
    if (n % 17 === 0) yield `number ${n}\n\n\`\`\`js\n${'const tower = "Montmartre";\n'.repeat(n % 7)}\`\`\``;
    else if (n % 11 === 0)
      yield `number ${n}\n\n${'a long line of words that wraps, and wraps again. '.repeat(n % 13)}`;
    else if (n % 7 === 0) yield `number ${n}\n\n> a quote\n\n- one\n- two\n- three`;
    else if (n % 23 === 0) yield '🗼';
    else yield `number ${n}`;
  }
}

test('ten thousand messages scroll by as much as the wheel turns, without a jump', async ({
  person,
  visit,
  world,
}) => {
  test.setTimeout(240_000);
  const [ada, bob] = [await person('Ada'), await person('Bob')];
  const room = await ada.open('The towers', [bob]);
  const writer = await Writer.connect(world, bob);
  await writer.write(room.id, various(10_000));
  writer.close();
  await expect.poll(async () => (await ada.rooms())[0]?.unread).toBe(10_000);

  const page = await visit(ada);
  await expect(RoomView.link(page, 'The towers')).toContainText('10,000 unread messages');
  const view = await RoomView.open(page, 'The towers');
  await expect(view.message('number 1')).toBeInViewport();

  // Down over what is fetched below, back over what was there, and up from the end over what is fetched above.
  const turns = async (pixels: number, times: number) => {
    await view.feed.hover();
    const { frames } = await watched(view.feed, async () => {
      for (let i = 0; i < times; i++) {
        await page.mouse.wheel(0, pixels);
        await page.waitForTimeout(40);
      }
      await page.waitForTimeout(500);
    });
    const moved = movements(frames);
    const wrong = moved.filter((movement) => movement * pixels > 1);
    expect(wrong, 'movements in the other direction').toEqual([]);
    const way = moved.reduce((sum, movement) => sum + movement, 0);
    expect(Math.abs(way + pixels * times), `moved ${way}`).toBeLessThan(5);
  };
  await turns(300, 60);
  await turns(-300, 40);
  await view.feed.press('End');
  await expect(view.message('number 10000')).toBeInViewport();
  await expect(RoomView.link(page, 'The towers').getByText(/unread/)).toHaveCount(0);
  await turns(-300, 80);
  await view.feed.press('End');
  await expect(view.message('number 10000')).toBeInViewport();
});

test('older messages move nothing when they come', async ({ person, visit, world }) => {
  const ada = await person('Ada');
  const room = await ada.open('The towers');
  const writer = await Writer.connect(world, ada);
  await writer.write(room.id, various(600));
  writer.close();
  // Slowly enough to see what is done meanwhile.
  const page = await visit(ada, {
    before: (context) =>
      context.route(/\/messages\?.*before=/, async (route) => {
        await new Promise((resolve) => setTimeout(resolve, 700));
        await route.continue();
      }),
  });
  const view = await RoomView.open(page, 'The towers');
  await expect(view.message('number 600')).toBeInViewport();
  for (let pages = 0; pages < 3; pages++) {
    const before = await oldest(view);
    const answered = page.waitForResponse(/\/messages\?.*before=/);
    // To the top of what is there: so more is fetched, and nothing else moves the view.
    await view.feed.evaluate((log) => log.scrollTo(0, 0));
    await page.waitForTimeout(200);
    const { frames, shifts } = await watched(view.feed, async () => {
      await answered;
      await page.waitForTimeout(600);
    });
    expect(frames.length).toBeGreaterThan(10);
    expect(movements(frames).filter((movement) => Math.abs(movement) > 0.5)).toEqual([]);
    expect(shifts).toBe(0);
    await view.feed.hover();
    await page.mouse.wheel(0, -200);
    await expect.poll(() => oldest(view)).toBeLessThan(before);
  }
});

/** The count of the oldest message on the page. */
async function oldest(view: RoomView): Promise<number> {
  return Number(await view.messages.first().getAttribute('aria-posinset'));
}

test('messages that come while one reads further up move nothing, and are counted', async ({
  person,
  visit,
  world,
}) => {
  const [ada, bob] = [await person('Ada'), await person('Bob')];
  const room = await ada.open('The towers', [bob]);
  const writer = await Writer.connect(world, ada);
  await writer.write(room.id, numbered(120));
  const page = await visit(ada);
  const view = await RoomView.open(page, 'The towers');
  await view.feed.hover();
  await page.mouse.wheel(0, -1_500);
  await page.waitForTimeout(400);
  const other = await Writer.connect(world, bob);
  const { frames, shifts } = await watched(view.feed, async () => {
    await other.write(room.id, numbered(30, 'news'), 60);
    await page.waitForTimeout(300);
  });
  expect(movements(frames).filter((movement) => movement !== 0)).toEqual([]);
  expect(shifts).toBe(0);
  await page.getByRole('button', { name: '30 new messages' }).click();
  await expect(view.message('news 30')).toBeInViewport();
  writer.close();
  other.close();
});
