import { RoomView } from './room_view.ts';
import { expect, test } from './test.ts';

test('the client can be installed', async ({ person, visit }) => {
  const page = await visit(await person('Ada'));
  const devtools = await page.context().newCDPSession(page);
  const { url, errors, data } = await devtools.send('Page.getAppManifest');
  expect(errors).toEqual([]);
  const manifest = JSON.parse(data ?? '{}');
  expect(manifest).toMatchObject({ name: 'Chappe', display: 'standalone', start_url: '/' });
  const purposes = new Set<string>();
  for (const { src, type, sizes, purpose } of manifest.icons) {
    const icon = await page.request.get(new URL(src, url).href);
    expect(icon.headers()['content-type'], src).toBe(type);
    expect((await icon.body()).length).toBeGreaterThan(100);
    purposes.add(`${sizes} ${purpose ?? 'any'}`);
  }
  expect([...purposes]).toEqual(expect.arrayContaining(['192x192 any', '512x512 any', '512x512 maskable']));
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
  const { installabilityErrors } = await devtools.send('Page.getInstallabilityErrors');
  expect(installabilityErrors.filter(({ errorId }) => errorId !== 'in-incognito')).toEqual([]);
});

test('without a network the client opens with what it knows, and says that it is offline', async ({
  person,
  visit,
}) => {
  const [ada, bob] = [await person('Ada'), await person('Bob')];
  const room = await ada.open('The towers', [bob]);
  await bob.say(room.id, 'Before the storm');
  const page = await visit(ada);
  const view = await RoomView.open(page, 'The towers');
  await expect(view.message('Before the storm')).toBeVisible();
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
  await page.context().setOffline(true);
  await page.reload();
  await expect(view.message('Before the storm')).toBeVisible();
  await expect(page.getByText(/You are offline/).first()).toBeVisible();
  await view.send('Through the storm');
  await expect(
    view.message('Through the storm').getByRole('img', { name: 'Waiting to be sent' }),
  ).toBeVisible();
  await page.context().setOffline(false);
  await expect.poll(async () => (await ada.history(room.id)).length, { timeout: 60_000 }).toBe(2);
  await expect(view.messages.getByRole('img', { name: /sent$/ })).toHaveCount(0);
});
