import { profile } from '#/i18n/en/profile.ts';
import { shell } from '#/i18n/en/shell.ts';
import { RoomView } from './room_view.ts';
import { expect, test } from './test.ts';

test('a server of another epoch is joined as if nothing had been, and what was typed stays', async ({
  person,
  visit,
  world,
}) => {
  const [ada, bob] = [await person('Ada'), await person('Bob')];
  const room = await ada.open('The towers', [bob]);
  for (let i = 1; i <= 5; i++) await ada.say(room.id, `before ${i}`);
  const page = await visit(bob);
  const view = await RoomView.open(page, 'The towers');
  await expect(view.message('before 5')).toBeVisible();
  await view.composer.fill('half a thought');

  await world.newEpoch();
  await expect(async () => {
    await ada.say(room.id, 'after');
  }).toPass();
  await expect(view.message('after').first()).toBeVisible({ timeout: 60_000 });
  await expect(view.composer).toHaveValue('half a thought');
  await view.composer.press('Enter');
  await expect(view.message('half a thought')).toBeVisible();
  await expect(view.messages.getByRole('img', { name: /sent$/ })).toHaveCount(0, { timeout: 60_000 });
  const bodies = (await ada.history(room.id)).map(({ body }) => body);
  expect(await view.texts(/before \d|after|half a thought/)).toEqual(bodies);
  await page.reload();
  await expect(view.message('half a thought')).toBeVisible();
  expect(await view.texts(/before \d|after|half a thought/)).toEqual(bodies);
});

for (const hours of [-9, 26]) {
  test(`a clock that is ${hours} hours off misleads nobody`, async ({ person, visit }) => {
    const [ada, bob] = [await person('Ada'), await person('Bob')];
    const room = await ada.open('The towers', [bob]);
    await bob.say(room.id, 'with the right time');
    const page = await visit(ada, {
      before: (context) => context.clock.setSystemTime(Date.now() + hours * 3_600_000),
    });
    const view = await RoomView.open(page, 'The towers');
    await expect(view.message('with the right time')).toBeVisible();
    await view.send('with the wrong time');
    await expect.poll(async () => (await bob.history(room.id)).length).toBe(2);
    await bob.say(room.id, 'and right again');
    await expect(view.message('and right again')).toBeVisible();
    await expect(view.messages.getByRole('img', { name: /sent$/ })).toHaveCount(0);
    // One day, and it is today; also where the page is shown before the server has said a word.
    for (const loads of [1, 2]) {
      await expect(view.feed.getByText('Today', { exact: true })).toHaveCount(1);
      await expect(view.feed.getByText(/^(Yesterday|Tomorrow)$|\d{4}$/)).toHaveCount(0);
      await expect(RoomView.link(page, 'The towers').locator('time')).toHaveText(/^\d+:\d\d/);
      if (loads === 1) await page.reload();
    }
    const times = await view.messages
      .locator('time')
      .evaluateAll((all) => all.map((time) => time.getAttribute('datetime')));
    for (const time of times) expect(Math.abs(Date.parse(time ?? '') - Date.now())).toBeLessThan(60_000);
    expect(await view.texts(/with .*|and right again/)).toEqual([
      'with the right time',
      'with the wrong time',
      'and right again',
    ]);
    expect((await ada.history(room.id)).length).toBe(3);
  });
}

test('a drained gateway sends its browsers to come back, and nothing is lost', async ({
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
  const going = world.stop('gateway');
  await hers.send('meanwhile');
  await going;
  await hers.send('after');
  await world.start('gateway');
  for (const view of [hers, his]) {
    await expect(view.message('after')).toBeVisible({ timeout: 60_000 });
    expect(await view.texts(/before|meanwhile|after/)).toEqual(['before', 'meanwhile', 'after']);
  }
  expect((await ada.history(room.id)).map(({ body }) => body)).toEqual(['before', 'meanwhile', 'after']);
});

test('a page whose scripts the server does not have any more says so, and goes on when it is loaded anew', async ({
  person,
  visit,
  faults,
}) => {
  const ada = await person('Ada');
  await ada.open('The towers');
  let updated = true;
  const page = await visit(ada, {
    serviceWorkers: 'block',
    before: (context) =>
      context.route(/\/assets\/profile_page-[^/]*\.js$/, (route) =>
        updated
          ? route.fulfill({ status: 404, contentType: 'application/problem+json', body: '{}' })
          : route.continue(),
      ),
  });
  const view = await RoomView.open(page, 'The towers');
  await view.composer.fill('half a thought');
  await page.getByRole('button', { name: shell.account }).click();
  await page.getByRole('menuitem', { name: profile.title }).click();
  await expect(page.getByRole('alert')).toContainText(shell.stale);
  updated = false;
  await page.getByRole('button', { name: shell.reload }).click();
  await expect(page.getByRole('heading', { name: profile.title })).toBeVisible();
  await RoomView.open(page, 'The towers');
  await expect(view.composer).toHaveValue('half a thought');
  faults.forgive(/profile_page|Failed to (load|fetch)|dynamically imported/);
});
