import { RoomView } from './room_view.ts';
import { expect, test } from './test.ts';

test('two people in two browsers talk', async ({ person, visit }) => {
  const [ada, bob] = [await person('Ada'), await person('Bob')];
  await ada.open('The towers', [bob]);
  const [adas, bobs] = [await visit(ada), await visit(bob)];
  const [hers, his] = [await RoomView.open(adas, 'The towers'), await RoomView.open(bobs, 'The towers')];

  await hers.send('Good morning, Bob');
  await expect(his.message('Good morning, Bob')).toBeVisible();
  await expect(his.messages.last()).toContainText('Ada');
  await his.send('Good morning, **Ada**');
  await expect(hers.messages.last().locator('strong')).toHaveText('Ada');
  await expect(hers.composer).toHaveValue('');
  await expect(hers.messages).toHaveCount(2);
  await expect(his.messages).toHaveCount(2);
  await hers.send('How is the weather in Lille?');
  const asked = hers.message('How is the weather in Lille?');
  await expect(asked.getByRole('img', { name: 'Read by Bob' })).toBeVisible();
});

test('a room that somebody is added to is there at once, and a direct chat too', async ({
  person,
  visit,
}) => {
  const [ada, bob] = [await person('Ada'), await person('Bob')];
  const page = await visit(bob);
  await expect(page.getByText('No rooms yet')).toBeVisible();

  const room = await ada.open('The towers', [bob]);
  await ada.say(room.id, 'Welcome');
  await expect(RoomView.link(page, 'The towers')).toContainText('1 unread message');
  const direct = await ada.openDirect(bob);
  await ada.say(direct.id, 'Just between us');
  await expect(RoomView.link(page, 'Ada').filter({ hasText: 'Just between us' })).toBeVisible();
});

test('unread counts are exact on all devices of a person', async ({ person, visit }) => {
  const [ada, bob] = [await person('Ada'), await person('Bob')];
  const [towers, masts] = [await ada.open('Towers', [bob]), await ada.open('Masts', [bob])];
  const [desk, phone] = [await visit(bob), await visit(bob)];
  const counted = async (page: typeof desk, title: string, count: number) => {
    const text = `${count} unread message${count === 1 ? '' : 's'}`;
    const badge = RoomView.link(page, title).getByText(/unread message/);
    if (count === 0) await expect(badge).toHaveCount(0);
    else await expect(badge).toHaveText(text);
  };
  const everywhere = async (counts: [string, number][]) => {
    for (const page of [desk, phone]) for (const [title, count] of counts) await counted(page, title, count);
  };

  for (let i = 1; i <= 7; i++) await ada.say(towers.id, `tower ${i}`);
  await ada.say(masts.id, 'a mast');
  await everywhere([
    ['Towers', 7],
    ['Masts', 1],
  ]);
  await expect(desk).toHaveTitle(/^\(8\)/);

  // Opening is reading, as far as it is seen.
  const view = await RoomView.open(desk, 'Towers');
  await expect(view.message('tower 7')).toBeVisible();
  await everywhere([
    ['Towers', 0],
    ['Masts', 1],
  ]);

  // What comes into an open room is read as it comes; into another one it is not.
  await ada.say(towers.id, 'tower 8');
  await ada.say(masts.id, 'another mast');
  await everywhere([
    ['Towers', 0],
    ['Masts', 2],
  ]);

  // Who writes has read; nobody's own messages are unread to them.
  await bob.say(masts.id, 'from elsewhere');
  await everywhere([
    ['Towers', 0],
    ['Masts', 0],
  ]);
  await phone.reload();
  await everywhere([
    ['Towers', 0],
    ['Masts', 0],
  ]);
});

test('the room opens at the first unread message, with a line above it', async ({ person, visit, world }) => {
  const [ada, bob] = [await person('Ada'), await person('Bob')];
  const room = await ada.open('The towers', [bob]);
  for (let i = 1; i <= 60; i++) await ada.say(room.id, `tower ${i}`);
  expect(world.gateways.length).toBeGreaterThan(0);
  const page = await visit(bob);
  const view = await RoomView.open(page, 'The towers');
  await expect(view.message('tower 1')).toBeVisible();
  await view.feed.press('End');
  await expect(view.message('tower 60')).toBeVisible();
  await expect(RoomView.link(page, 'The towers').getByText(/unread message/)).toHaveCount(0);

  await RoomView.link(page, 'The towers').press('Escape');
  await page.goto('/profile');
  for (let i = 61; i <= 120; i++) await ada.say(room.id, `tower ${i}`);
  await expect(RoomView.link(page, 'The towers')).toContainText('60 unread messages');
  await RoomView.open(page, 'The towers');
  await expect(view.message('tower 61')).toBeInViewport();
  await expect(view.feed.getByText('New', { exact: true })).toBeInViewport();
  await expect(view.message('tower 120')).not.toBeInViewport();
});

test('a message that came over Telegram says so', async ({ person, visit, world }) => {
  const ada = await person('Ada');
  await world.inviteToBridge(ada.user.id);
  const page = await visit(ada);
  const view = await RoomView.open(page, 'The bridge');
  await world.writeOnTelegram('Claude', 'Greetings from the other side');
  const message = view.messages.filter({ hasText: 'Greetings from the other side' });
  await expect(message).toContainText('Claude');
  await expect(
    message.getByText('via Telegram').or(message.getByRole('img', { name: 'via Telegram' })),
  ).toBeVisible();
});
