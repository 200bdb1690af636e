import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { RoomView } from './room_view.ts';
import { expect, test } from './test.ts';
import { PASSWORD } from './world/person.ts';

/** What keeps somebody out. Lesser findings are looked at, and are no reason to stop. */
const GRAVE = ['serious', 'critical'];

async function keepsTheRules(page: Page, where: string): Promise<void> {
  // Colours that are on their way to others are none of either.
  await page.evaluate(() =>
    Promise.all(document.getAnimations().map((animation) => animation.finished.catch(() => {}))),
  );
  const { violations } = await new AxeBuilder({ page }).analyze();
  const grave = violations.filter(({ impact }) => GRAVE.includes(impact ?? ''));
  const told = grave.map(({ id, nodes }) => `${where}: ${id}: ${nodes.map(({ html }) => html).join(' ')}`);
  expect.soft(told).toEqual([]);
}

for (const colorScheme of ['light', 'dark'] as const) {
  test(`no page keeps anybody out when it is ${colorScheme}`, async ({ person, visit }) => {
    const [ada, bob] = [await person('Ada Lovelace'), await person('Bob')];
    const room = await ada.open('The towers', [bob], { visibility: 'private' });
    await ada.openDirect(bob);
    await bob.open(`Public ${ada.user.username}`, [], { visibility: 'public' });
    await ada.say(
      room.id,
      '# Heading\n\nSome `code`, a [link](https://chappe.example/), and\n\n```js\nconst a = "b"; // c\n```\n\n> a quote\n\n- [x] done\n- [ ] not done',
    );
    await bob.say(room.id, 'Unread');
    for (const path of ['/login', '/register']) {
      const page = await visit(undefined, { path, colorScheme });
      await expect(page.getByRole('textbox', { name: 'Username' })).toBeVisible();
      await keepsTheRules(page, path);
      await page.getByRole('button', { name: /Log in|Create account/ }).click();
      await keepsTheRules(page, `${path} with faults`);
    }
    const page = await visit(ada, { colorScheme });
    await expect(RoomView.link(page, 'The towers')).toBeVisible();
    for (const path of [
      '/',
      '/discover',
      '/new-room',
      '/people',
      '/profile',
      '/shortcuts',
      '/unsent',
      '/no/such/page',
      '/rooms/none',
    ]) {
      await page.goto(path);
      await expect(page.getByRole('heading').first()).toBeVisible();
      await keepsTheRules(page, path);
    }
    for (const path of ['', '/members', '/settings']) {
      await page.goto(`/rooms/${room.id}${path}`);
      await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
      await page.waitForTimeout(500);
      await keepsTheRules(page, `a room${path}`);
    }
    const view = await RoomView.at(page, room.id);
    await view.messages.last().hover();
    await expect(page.getByRole('button', { name: 'Reply' })).toBeVisible();
    await keepsTheRules(page, 'a message with its tools');
    await page.keyboard.press('ControlOrMeta+k');
    await expect(page.getByRole('dialog')).toBeVisible();
    await keepsTheRules(page, 'the switcher');
    await page.setViewportSize({ width: 360, height: 740 });
    await page.goto(`/rooms/${room.id}`);
    await expect(view.composer).toBeVisible();
    await keepsTheRules(page, 'a room on a phone');
    await page.goto('/');
    await keepsTheRules(page, 'the rooms on a phone');
  });
}

test('everything can be done without a mouse', async ({ person, visit }) => {
  const [ada, bob] = [await person('Ada'), await person('Bob')];
  await ada.open('Masts', [bob]);
  const room = await ada.open('The towers', [bob]);
  await bob.say(room.id, 'Who keeps the tower of Montmartre?');
  const page = await visit(undefined);
  const { keyboard } = page;
  const focused = page.locator(':focus');

  // Log in.
  await expect(page.getByRole('textbox', { name: 'Username' })).toBeFocused();
  await keyboard.type(ada.user.username);
  await keyboard.press('Tab');
  await expect(page.getByLabel('Password', { exact: true })).toBeFocused();
  await keyboard.type(PASSWORD);
  await keyboard.press('Enter');
  await expect(RoomView.link(page, 'The towers')).toBeVisible();

  // Go to a room by its name.
  await keyboard.press('Control+k');
  await expect(page.getByRole('combobox', { name: 'Go to' })).toBeFocused();
  await keyboard.type('tower');
  await keyboard.press('Enter');
  const view = new RoomView(page);
  await expect(view.composer).toBeFocused();
  await keyboard.type('I do.');
  await keyboard.press('Enter');
  await expect(view.message('I do.')).toBeVisible();

  // Up to a message, and answer it.
  await keyboard.press('ArrowUp');
  await expect(view.message('I do.')).toBeFocused();
  await keyboard.press('ArrowUp');
  await expect(view.message('Who keeps the tower of Montmartre?')).toBeFocused();
  await keyboard.press('r');
  await expect(view.composer).toBeFocused();
  await expect(page.getByText('Reply to Bob')).toBeVisible();
  await keyboard.type('Since Monday');
  await keyboard.press('Shift+Enter');
  await keyboard.type('and until Friday');
  await keyboard.press('Enter');
  await expect(view.messages.last()).toContainText('Who keeps the tower');
  await expect(view.messages.last()).toContainText('and until Friday');

  // From room to room, and to the list of them.
  await keyboard.press('Alt+ArrowDown');
  await expect(page.getByRole('textbox', { name: 'Write to Masts' })).toBeVisible();
  await keyboard.press('Alt+ArrowUp');
  await expect(page.getByRole('textbox', { name: 'Write to The towers' })).toBeVisible();

  // Make a room.
  await keyboard.press('Control+k');
  await keyboard.type('new room');
  await keyboard.press('Enter');
  await expect(page.getByRole('textbox', { name: 'Name', exact: true })).toBeFocused();
  await keyboard.type('Signal hill');
  await keyboard.press('Enter');
  await expect(page.getByRole('textbox', { name: 'Write to Signal hill' })).toBeVisible();

  // What has the focus can be seen.
  await keyboard.press('Tab');
  const outline = await focused.evaluate((element) => getComputedStyle(element).outlineStyle);
  expect(outline).not.toBe('none');

  // Shortcuts, profile, and out.
  await keyboard.press('Control+/');
  await expect(page.getByRole('heading', { name: 'Keyboard shortcuts' })).toBeVisible();
  await keyboard.press('Control+k');
  await keyboard.type('profile');
  await keyboard.press('Enter');
  await expect(page.getByRole('heading', { name: 'Profile and settings' })).toBeVisible();
  await page.getByRole('button', { name: 'Log out' }).focus();
  await keyboard.press('Enter');
  await page.getByRole('alertdialog').getByRole('button', { name: 'Log out' }).focus();
  await keyboard.press('Enter');
  await expect(page).toHaveURL(/\/login/);
});
