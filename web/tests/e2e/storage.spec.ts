import type { BrowserContext } from '@playwright/test';
import { RoomView } from './room_view.ts';
import { expect, test } from './test.ts';
import { PASSWORD } from './world/person.ts';

/** What browsers do with a database that they don't want to keep: each of them, one more word of which is true. */
const REFUSALS: Record<string, (context: BrowserContext) => Promise<unknown>> = {
  'is forbidden': (context) =>
    context.addInitScript(() => {
      Object.defineProperty(window, 'indexedDB', {
        get: () => {
          throw new DOMException('The operation is insecure.', 'SecurityError');
        },
      });
    }),
  'is full': (context) =>
    context.addInitScript(() => {
      const full = () => {
        throw new DOMException('The quota has been exceeded.', 'QuotaExceededError');
      };
      IDBObjectStore.prototype.put = full;
      IDBObjectStore.prototype.add = full;
    }),
  'never answers': (context) =>
    context.addInitScript(() => {
      IDBFactory.prototype.open = () =>
        Object.create(EventTarget.prototype, { addEventListener: { value: () => {} } });
    }),
};

for (const [how, before] of Object.entries(REFUSALS)) {
  test(`where the browser's database ${how}, everything works while the page is open, and a word says so`, async ({
    person,
    visit,
  }) => {
    const [ada, bob] = [await person('Ada'), await person('Bob')];
    await ada.open('Towers', [bob]);
    await ada.open('Masts', [bob]);
    const page = await visit(ada, { before });
    const his = await RoomView.open(await visit(bob), 'Towers');
    const hers = await RoomView.open(page, 'Towers');
    await hers.send('It works all the same');
    await expect(his.message('It works all the same')).toBeVisible();
    await expect(hers.messages.getByRole('img', { name: /sent$/ })).toHaveCount(0);
    await expect(
      page.getByRole('status').filter({ hasText: 'This browser keeps nothing for Chappe' }),
    ).toBeVisible();

    await hers.composer.fill('a draft');
    await RoomView.open(page, 'Masts');
    await expect(hers.composer).toHaveValue('');
    await RoomView.open(page, 'Towers');
    await expect(hers.composer).toHaveValue('a draft');
  });
}

test('where nothing at all may be kept, one logs in and stays in while the page is open', async ({
  person,
  visit,
}) => {
  const ada = await person('Ada');
  await ada.open('Towers');
  const page = await visit(undefined, {
    before: async (context) => {
      await REFUSALS['is forbidden']?.(context);
      await context.addInitScript(() => {
        Object.defineProperty(window, 'localStorage', {
          get: () => {
            throw new DOMException('Access is denied.', 'SecurityError');
          },
        });
      });
    },
  });
  await page.getByRole('textbox', { name: 'Username' }).fill(ada.user.username);
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await page.getByRole('button', { name: 'Log in' }).click();
  const view = await RoomView.open(page, 'Towers');
  await view.send('In spite of everything');
  await expect(view.message('In spite of everything')).toBeVisible();
  await expect(view.messages.getByRole('img', { name: /sent$/ })).toHaveCount(0);
  await expect.poll(async () => (await ada.history((await ada.rooms())[0]?.id ?? '')).length).toBe(1);
});
