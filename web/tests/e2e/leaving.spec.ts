import { deleteRoom, removeMember } from '#/core/generated/rest/index.ts';
import { RoomView } from './room_view.ts';
import { expect, test } from './test.ts';

test('a room that somebody is removed from closes, and what they typed stays', async ({ person, visit }) => {
  const [ada, bob] = [await person('Ada'), await person('Bob')];
  const room = await ada.open('The towers', [bob]);
  await ada.open('The masts', [bob]);
  const page = await visit(bob);
  const view = await RoomView.open(page, 'The towers');
  await view.composer.fill('half a thought');

  await removeMember({ client: ada.api, path: { room_id: room.id, user_id: bob.user.id } });
  await expect(page.getByText('You were removed from “The towers”')).toBeVisible();
  await expect(RoomView.link(page, 'The towers')).toHaveCount(0);
  await page.reload();
  await page
    .getByRole('link', { name: 'See what you wrote' })
    .or(page.getByRole('link', { name: /text without a room/ }))
    .first()
    .click();
  await expect(page.getByText('half a thought')).toBeVisible();

  await RoomView.open(page, 'The masts');
  await view.send('Still here');
  await expect(view.message('Still here')).toBeVisible();
});

test('a room that is deleted while it is open says so', async ({ person, visit }) => {
  const [ada, bob] = [await person('Ada'), await person('Bob')];
  const room = await ada.open('The towers', [bob]);
  const page = await visit(bob);
  await RoomView.open(page, 'The towers');
  await deleteRoom({ client: ada.api, path: { room_id: room.id } });
  await expect(page.getByText('“The towers” was deleted')).toBeVisible();
  await page.getByRole('link', { name: 'Back to the rooms' }).first().click();
  await expect(page.getByText('No rooms yet')).toBeVisible();
});

test('what is written at the moment of the removal is not lost', async ({ person, visit, world }) => {
  const [ada, bob] = [await person('Ada'), await person('Bob')];
  const room = await ada.open('The towers', [bob]);
  const page = await visit(bob);
  const view = await RoomView.open(page, 'The towers');
  await world.pause('gateway');
  await view.send('too late');
  await world.resume('gateway');
  await removeMember({ client: ada.api, path: { room_id: room.id, user_id: bob.user.id } });
  await expect(page.getByText('You were removed from “The towers”')).toBeVisible();
  const arrived = (await ada.history(room.id)).some(({ body }) => body === 'too late');
  if (!arrived) {
    await page.goto('/unsent');
    await expect(page.getByText('too late')).toBeVisible();
  }
});

test('an address of a room that is not for somebody says so and leads on', async ({ person, visit }) => {
  const [ada, bob] = [await person('Ada'), await person('Bob')];
  const room = await ada.open('Not for Bob');
  const page = await visit(bob, { path: `/rooms/${room.id}` });
  await expect(page.getByText('This room is not there')).toBeVisible();
  await expect(page.getByText('Not for Bob')).toHaveCount(0);
  await page.getByRole('link', { name: 'Back to the rooms' }).first().click();
  await expect(page).toHaveURL(/\/$/);
  await page.goto('/rooms/nonsense');
  await expect(page.getByText('This room is not there')).toBeVisible();
  await page.goto('/no/such/page');
  await expect(page.getByRole('main')).toContainText(/not/i);
});
