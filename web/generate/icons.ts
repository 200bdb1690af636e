/**
 * Draws the app's icons from `public/icon.svg` with a Chromium: `npm run icons`. Their PNGs are kept, so that building
 * needs no browser.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { chromium } from '@playwright/test';

const folder = join(import.meta.dirname, '../public');
const svg = await readFile(join(folder, 'icon.svg'), 'utf8');
// A mask may cut everything outside of the inner 80 %: the ground goes to the edges, and the sign gets smaller.
const maskable = svg.replace(/ rx="[^"]*"/, '').replace('scale(.74)', 'scale(.58)');

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking'],
});
const page = await browser.newPage();
for (const [name, drawing, size] of [
  ['icon-192', svg, 192],
  ['icon-512', svg, 512],
  ['icon-maskable-512', maskable, 512],
] as const) {
  await page.setViewportSize({ width: size, height: size });
  await page.setContent(
    `<style>*{margin:0}svg{display:block;width:${size}px;height:${size}px}</style>${drawing}`,
  );
  await page.screenshot({ path: join(folder, `${name}.png`), omitBackground: true });
}
await browser.close();
