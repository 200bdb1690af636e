import { RoomView } from './room_view.ts';
import { expect, test } from './test.ts';
for (const wait of [0, 3000])
test(`debug ${wait}`, async ({ person, visit }) => {
  const [ada, bob] = [await person('Ada'), await person('Bob')];
  const room = await ada.open('The towers', [bob]);
  for (let i = 1; i <= 60; i++) await ada.say(room.id, `tower ${i}`);
  const page = await visit(bob);
  await RoomView.link(page, 'The towers').waitFor();
  await page.waitForTimeout(wait);
  await page.evaluate(() => {
    const log: unknown[] = []; (window as any).log = log;
    const f = () => { const el = document.querySelector('[role=feed]'); if (el) log.push([Math.round(performance.now()), el.scrollTop, el.scrollHeight, el.clientHeight, el.querySelector('article')?.ariaPosInSet, el.querySelectorAll('article').length]); requestAnimationFrame(f); };
    f();
  });
  const view = await RoomView.open(page, 'The towers');
  await page.waitForTimeout(2000);
  const log = await page.evaluate(() => (window as any).log as unknown[][]);
  let last = '';
  for (const l of log) { const s = JSON.stringify(l.slice(1)); if (s !== last) console.log(JSON.stringify(l)); last = s; }
  console.log(await view.texts(/tower \d+/));
});
