import type { Page } from '@playwright/test';
import { RoomView } from './room_view.ts';
import { expect, test } from './test.ts';
import { numbered } from './world/writer.ts';

/** Pages open from then on without the server. */
async function isKept(page: Page): Promise<void> {
  await page.evaluate(async () => {
    await navigator.serviceWorker.ready;
  });
}

test('what was typed while the server was gone arrives once and in order', async ({
  person,
  visit,
  world,
}) => {
  const [ada, bob] = [await person('Ada'), await person('Bob')];
  const room = await ada.open('The towers', [bob]);
  const [hers, his] = [
    await RoomView.open(await visit(ada), 'The towers'),
    await RoomView.open(await visit(bob), 'The towers'),
  ];
  await hers.send('before');
  await expect(his.message('before')).toBeVisible();

  await world.kill();
  const typed = [...numbered(5, 'into the dark')];
  for (const text of typed) await hers.send(text);
  await expect(hers.page.getByText(/^No connection\b/)).toBeVisible();
  await expect(
    hers.messages.last().getByRole('img', { name: /^(Waiting to be sent|Being sent)$/ }),
  ).toBeVisible();
  await world.start();

  for (const view of [hers, his]) {
    await expect(view.message('into the dark 5')).toBeVisible({ timeout: 60_000 });
    expect(await view.texts(/into the dark \d/)).toEqual(typed);
  }
  await expect(hers.page.getByText(/^No connection\b/)).toHaveCount(0);
  await expect(hers.messages.getByRole('img', { name: /sent/ })).toHaveCount(0);
  const history = await ada.history(room.id);
  expect(history.map(({ body }) => body)).toEqual(['before', ...typed]);
});

test('a page that is loaded anew in the middle of sending sends once', async ({ person, visit }) => {
  const ada = await person('Ada');
  const room = await ada.open('The towers');
  let deaf = false;
  const page = await visit(ada, {
    before: (context) =>
      context.routeWebSocket(/\/api\/v1\/ws$/, (socket) => {
        // The server hears everything; of its answers nothing arrives.
        const server = socket.connectToServer();
        server.onMessage((frame) => {
          if (!deaf) socket.send(frame);
        });
      }),
  });
  const view = await RoomView.open(page, 'The towers');
  await view.send('heard');
  await expect(view.message('heard')).toBeVisible();
  await expect(view.messages.getByRole('img', { name: /sent$/ })).toHaveCount(0);
  deaf = true;
  await view.send('heard, and not answered');
  await view.send('next in line');
  await expect.poll(async () => (await ada.history(room.id)).length).toBe(2);
  await expect(
    view.message('next in line').getByRole('img', { name: /^(Being sent|Waiting to be sent)$/ }),
  ).toBeVisible();
  await view.composer.fill('half a thought');

  await page.reload();
  deaf = false;
  await expect(view.composer).toHaveValue('half a thought');
  await expect(view.message('next in line')).toBeVisible();
  await expect(view.messages.getByRole('img', { name: /sent$/ })).toHaveCount(0, { timeout: 60_000 });
  await view.send('and goes on');
  await expect
    .poll(async () => (await ada.history(room.id)).map(({ body }) => body))
    .toEqual(['heard', 'heard, and not answered', 'next in line', 'and goes on']);
  expect(await view.texts(/heard.*|next in line|and goes on/)).toEqual([
    'heard',
    'heard, and not answered',
    'next in line',
    'and goes on',
  ]);
});

test('a page that is loaded anew while the server stands still keeps what it wrote', async ({
  person,
  visit,
  world,
}) => {
  const ada = await person('Ada');
  const room = await ada.open('The towers');
  const page = await visit(ada);
  const view = await RoomView.open(page, 'The towers');
  await isKept(page);
  await world.pause('gateway');
  try {
    await view.send('into a silence');
    await view.composer.fill('and a draft');
    await page.reload();
    await expect(view.composer).toHaveValue('and a draft');
    await expect(view.message('into a silence')).toBeVisible();
  } finally {
    await world.resume('gateway');
  }
  await expect(view.messages.getByRole('img', { name: /sent$/ })).toHaveCount(0, { timeout: 60_000 });
  await expect
    .poll(async () => (await ada.history(room.id)).map(({ body }) => body))
    .toEqual(['into a silence']);
});

test('two tabs that send at once lose and double nothing', async ({ person, visit }) => {
  const [ada, bob] = [await person('Ada'), await person('Bob')];
  const room = await ada.open('The towers', [bob]);
  const page = await visit(ada);
  const other = await page.context().newPage();
  await other.goto('/');
  const tabs = [await RoomView.open(page, 'The towers'), await RoomView.open(other, 'The towers')];
  const texts = tabs.map((_, tab) => [...numbered(8, `tab ${tab}, message`)]);
  for (let i = 0; i < 8; i++) await Promise.all(tabs.map((view, tab) => view.send(texts[tab]?.[i] ?? '')));

  await expect.poll(async () => (await ada.history(room.id)).length, { timeout: 60_000 }).toBe(16);
  const bodies = (await ada.history(room.id)).map(({ body }) => body);
  texts.forEach((of, tab) => {
    expect(bodies.filter((body) => body.startsWith(`tab ${tab}`))).toEqual(of);
  });
  for (const view of tabs) {
    await expect(view.messages).toHaveCount(16);
    await expect(view.messages.getByRole('img', { name: /sent$/ })).toHaveCount(0);
    expect(await view.texts(/tab \d, message \d/)).toEqual(bodies);
  }
});

test('a draft is kept for its room, over other rooms and a new page', async ({ person, visit }) => {
  const ada = await person('Ada');
  await ada.open('Towers');
  await ada.open('Masts');
  const page = await visit(ada);
  const view = await RoomView.open(page, 'Towers');
  await view.composer.fill('for the towers\nin two lines');
  await RoomView.open(page, 'Masts');
  await expect(view.composer).toHaveValue('');
  await expect(RoomView.link(page, 'Towers')).toContainText('Draft: for the towers');
  await view.composer.fill('for the masts');
  // At once: what was typed last must be there too.
  await page.reload();
  await expect(view.composer).toHaveValue('for the masts');
  await RoomView.open(page, 'Towers');
  await expect(view.composer).toHaveValue('for the towers\nin two lines');
});

test('megabytes that are pasted are refused in words, and what was typed stays', async ({
  person,
  visit,
}) => {
  const ada = await person('Ada');
  await ada.open('The towers');
  const page = await visit(ada, { permissions: ['clipboard-read', 'clipboard-write'] });
  const view = await RoomView.open(page, 'The towers');
  await view.composer.fill('typed before');
  await page.evaluate(() => navigator.clipboard.writeText('tower '.repeat(700_000)));
  await view.composer.press('ControlOrMeta+v');
  await expect(page.getByRole('alert')).toContainText('4,200,000');
  await expect(view.composer).toHaveValue('typed before');

  // What is a little too long can be shortened.
  await page.evaluate(() => navigator.clipboard.writeText('x'.repeat(10_050)));
  await view.composer.press('ControlOrMeta+a');
  await view.composer.press('ControlOrMeta+v');
  await view.composer.press('Enter');
  await expect(page.getByRole('alert')).toContainText(/too long/);
  await expect(view.composer).toHaveValue('x'.repeat(10_050));
  await view.composer.fill('short');
  await view.composer.press('Enter');
  await expect(view.message('short')).toBeVisible();
});
