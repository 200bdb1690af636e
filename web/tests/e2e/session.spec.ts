import { makeApi } from '#/core/api/api.ts';
import { logOut } from '#/core/generated/rest/index.ts';
import { RoomView } from './room_view.ts';
import { expect, test } from './test.ts';
import { PASSWORD } from './world/person.ts';

test.use({ accessTokenSeconds: 10 });

test('a token that ends while somebody types is replaced, and nobody notices', async ({ person, visit }) => {
  const [ada, bob] = [await person('Ada'), await person('Bob')];
  await ada.open('The towers', [bob]);
  const view = await RoomView.open(await visit(bob), 'The towers');
  // Longer than a token lasts.
  await view.composer.pressSequentially('slowly, as one writes a letter', { delay: 600 });
  await expect(view.composer).toHaveValue('slowly, as one writes a letter');
  await expect(view.composer).toBeFocused();
  await view.composer.press('Enter');
  await expect(view.message('slowly, as one writes a letter')).toBeVisible();
  await expect(view.messages.getByRole('img', { name: /sent$/ })).toHaveCount(0);
  await expect(RoomView.link(view.page, 'The towers')).toContainText('slowly');
});

test('a session that was ended elsewhere leads to the log-in, and what was typed is there after it', async ({
  person,
  visit,
  world,
}) => {
  const ada = await person('Ada');
  await ada.open('The towers');
  const page = await visit(ada);
  const view = await RoomView.open(page, 'The towers');
  await view.composer.fill('half a thought');
  const kept = await page.evaluate(() => JSON.parse(localStorage.getItem('chappe-session') ?? '{}'));
  const client = makeApi(world.gateway(0), fetch);
  await logOut({ client, body: { refresh_token: kept.refresh_token } });

  await expect(page.getByText('Your session has ended')).toBeVisible({ timeout: 30_000 });
  await expect(page.getByRole('textbox', { name: 'Username' })).toHaveValue(ada.user.username);
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await page.getByRole('button', { name: 'Log in' }).click();
  await expect(view.composer).toHaveValue('half a thought');
});

test('somebody registers, logs out and in, and nothing of them stays on the device', async ({ visit }) => {
  const page = await visit(undefined);
  await page.getByRole('link', { name: 'Create account' }).click();
  await page.getByRole('textbox', { name: /Your name/ }).fill('Claude Chappe');
  const username = `claude.${Date.now()}`;
  await page.getByRole('textbox', { name: 'Username' }).fill(username);
  await page.getByLabel('Password', { exact: true }).fill('short');
  await page.getByRole('button', { name: 'Create account' }).click();
  await expect(page.getByText(/Use 8 to 256 characters/)).toBeVisible();
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await page.getByRole('button', { name: 'Create account' }).click();
  await expect(page.getByText('No rooms yet')).toBeVisible();

  await page.goto('/profile');
  await page.getByRole('button', { name: 'Log out' }).click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Log out' }).click();
  await expect(page).toHaveURL(/\/login/);
  const left = await page.evaluate(async () => ({
    session: localStorage.getItem('chappe-session'),
    databases: (await indexedDB.databases()).map(({ name }) => name),
  }));
  expect(left).toEqual({ session: null, databases: [] });

  await page.getByRole('textbox', { name: 'Username' }).fill(username);
  await page.getByLabel('Password', { exact: true }).fill('not my password');
  await page.getByRole('button', { name: 'Log in' }).click();
  await expect(page.getByText('This username and password do not belong together.')).toBeVisible();
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await page.getByRole('button', { name: 'Log in' }).click();
  await expect(page.getByText('No rooms yet')).toBeVisible();
});

test('a page that asks for a log-in comes after it', async ({ person, visit }) => {
  const ada = await person('Ada');
  const page = await visit(undefined, { path: '/shortcuts' });
  await expect(page).toHaveURL(/\/login/);
  await page.getByRole('textbox', { name: 'Username' }).fill(ada.user.username);
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/\/shortcuts$/);
});
