import { updateMe, updateRoom } from '#/core/generated/rest/index.ts';
import { RoomView } from './room_view.ts';
import { expect, test } from './test.ts';

const SCRIPTS = [
  '<script>window.harmed = true</script>',
  '<img src=x onerror="window.harmed = true">',
  '<svg/onload=window.harmed=true>',
  '<iframe srcdoc="<script>parent.harmed = true</script>"></iframe>',
  '<a href="javascript:window.harmed=true">click</a>',
  '<style>* { display: none }</style>',
  '<base href="https://evil.example/">',
  '<form action="https://evil.example/"><button>click</button></form>',
  '[click](javascript:window.harmed=true)',
  '[click](JaVaScRiPt:window.harmed=true)',
  '[click](java\tscript:window.harmed=true)',
  '[click](&#106;avascript:window.harmed=true)',
  '[click](data:text/html,<script>opener.harmed=true</script>)',
  '[click](vbscript:window.harmed=true)',
  '[click](blob:https://evil.example/1)',
  '[click](//evil.example)',
  '![image](https://evil.example/pixel.png)',
  '![image](data:image/svg+xml;base64,PHN2Zy8+)',
  '[![nested](https://evil.example/a.png)](javascript:window.harmed=true)',
  '<https://evil.example/"onmouseover="window.harmed=true>',
  '[ref]: javascript:window.harmed=true\n\n[click][ref]',
  '```"><script>window.harmed=true</script>\ncode\n```',
  '`<script>window.harmed=true</script>`',
  '# <img src=x onerror=window.harmed=true>',
  '| a | b |\n|---|---|\n| <img src=x onerror=window.harmed=true> | [x](javascript:window.harmed=true) |',
  '{{constructor.constructor("window.harmed=true")()}}',
  '__proto__ constructor toString hasOwnProperty',
];

/** What makes slow parsers slow, and stacks overflow. */
const HEAVY = [
  '>'.repeat(9_000),
  '['.repeat(9_000),
  '!['.repeat(4_000),
  '*'.repeat(9_000),
  '*a '.repeat(3_000),
  '_a_'.repeat(3_000),
  '`'.repeat(9_001),
  '- '.repeat(4_500),
  `${'  '.repeat(40)}- x\n`.repeat(100),
  '(('.repeat(4_500),
  '<'.repeat(9_000),
  '&'.repeat(9_000),
  '|'.repeat(9_000),
  `|${'a|'.repeat(400)}\n|${'-|'.repeat(400)}\n${`|${'b|'.repeat(400)}\n`.repeat(9)}`,
  `a${'\n'.repeat(9_000)}the end`,
  'a'.repeat(9_000),
  '👩‍👩‍👧‍👦'.repeat(350),
  'Z̴̡̢̛͖̣̼͎͇͓̯͉̜̐̋̊'.repeat(300),
  '\u202e\u2066\u200f right to left \u2069\u202c'.repeat(300),
  `\`\`\`js\n${'const a = /((((((((((a*)*)*)*)*)*)*)*)*)*$/;\n'.repeat(200)}\`\`\``,
];

const NAME = '"><img src=x onerror=window.harmed=true>\u202eevil';

test('hostile Markdown, links and names do nothing', async ({ person, visit }) => {
  const [ada, eve] = [await person('Ada'), await person('Eve')];
  const room = await eve.open('Towers', [ada]);
  await updateMe({ client: eve.api, body: { display_name: NAME.slice(0, 64) } });
  await updateRoom({
    client: eve.api,
    path: { room_id: room.id },
    body: { title: `<b onclick=alert(1)>${NAME}`, topic: NAME },
  });
  for (const body of SCRIPTS) await eve.say(room.id, body);
  await eve.say(room.id, 'the last of the scripts');

  const page = await visit(ada);
  page.on('dialog', () => expect('a dialog').toBe('nothing'));
  const view = await RoomView.at(page, room.id);
  await view.feed.press('End');
  await expect(view.message('the last of the scripts')).toBeVisible();
  // All of it comes by, and everything that can be pressed is pressed.
  for (let i = 0; i < 12; i++) {
    const pressed = view.feed.getByText('click', { exact: true });
    for (let at = 0; at < (await pressed.count()); at++) {
      const address = await pressed
        .nth(at)
        .evaluate((element) => element.closest('a')?.getAttribute('href') ?? '');
      expect(address).toMatch(/^($|https?:|mailto:)/);
      if (address === '') await pressed.nth(at).dispatchEvent('click');
    }
    for (const link of await view.feed.getByRole('link').all()) {
      expect(await link.getAttribute('href')).toMatch(/^(https?:|mailto:)/);
      expect(await link.getAttribute('rel')).toMatch(/noopener/);
    }
    await view.feed.press('PageUp');
    await page.waitForTimeout(50);
  }
  await expect(
    view.feed.locator('img[src], iframe, script, style, form, base, svg:not([class])'),
  ).toHaveCount(0);
  expect(await page.evaluate(() => 'harmed' in window)).toBe(false);
  await expect(page).toHaveURL(`/rooms/${room.id}`);
});

test('what makes parsers slow holds nothing up', async ({ person, visit }) => {
  const [ada, eve] = [await person('Ada'), await person('Eve')];
  const room = await eve.open('Towers', [ada]);
  const page = await visit(ada);
  const view = await RoomView.at(page, room.id);
  for (const body of HEAVY) await eve.say(room.id, body);
  await eve.say(room.id, 'the last of them');
  await expect(view.message('the last of them')).toBeVisible();
  for (let i = 0; i < 20; i++) {
    await view.feed.press('PageUp');
    await page.waitForTimeout(30);
  }
  const longest = await page.evaluate(
    () =>
      new Promise<number>((resolve) => {
        const begun = performance.now();
        setTimeout(() => resolve(performance.now() - begun), 0);
      }),
  );
  expect(longest).toBeLessThan(1_000);
  await view.send('and all goes on');
  await expect(view.message('and all goes on')).toBeVisible();
  const wide = await page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth);
  expect(wide).toBe(false);
});

test('a link to elsewhere opens a page of its own, which learns nothing', async ({
  person,
  visit,
  faults,
}) => {
  const ada = await person('Ada');
  const room = await ada.open('Towers');
  await ada.say(room.id, '[elsewhere](https://elsewhere.example/path)');
  const page = await visit(ada);
  const view = await RoomView.at(page, room.id);
  const link = view.feed.getByRole('link', { name: 'elsewhere' });
  await expect(link).toHaveAttribute('target', '_blank');
  const [opened] = await Promise.all([page.context().waitForEvent('page'), link.click()]);
  expect(await opened.evaluate(() => window.opener)).toBeNull();
  await opened.close();
  faults.forgive(/asked: https:\/\/elsewhere\.example/);
});

for (const width of [360, 1200]) {
  test(`one very long word as a name fits into a window of ${width} pixels`, async ({ person, visit }) => {
    const long = 'Donaudampfschiffahrtselektrizitätenhauptbetriebswerkbauunterbeamt'.slice(0, 64);
    const ada = await person(long);
    const room = await ada.open('W'.repeat(128));
    await ada.say(room.id, 'x'.repeat(3_000));
    await ada.say(room.id, `https://chappe.example/${'y'.repeat(1_000)}`);
    const page = await visit(ada, { viewport: { width, height: 740 } });
    const fits = async () => {
      const [wide, inner] = await page.evaluate(() => [
        document.documentElement.scrollWidth,
        window.innerWidth,
      ]);
      expect(wide).toBeLessThanOrEqual(inner ?? 0);
    };
    await expect(page.getByText('W'.repeat(128)).first()).toBeVisible();
    await fits();
    for (const path of ['', '/members', '/settings']) {
      await page.goto(`/rooms/${room.id}${path}`);
      await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
      await fits();
    }
    await page.goto('/profile');
    await expect(page.getByRole('main')).toBeVisible();
    await fits();
  });
}
