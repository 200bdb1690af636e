import { AxeBuilder } from '@axe-core/playwright';
import { expect, test } from './play.ts';

for (const colorScheme of ['light', 'dark'] as const) {
  for (const scene of ['lively', 'nasty', 'empty', 'channel']) {
    test(`the scene "${scene}" keeps the rules of accessibility when it is ${colorScheme}`, async ({
      page,
    }) => {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await page.goto(`/tests/stage/index.html?scene=${scene}`);
      await expect(page.getByRole('log')).toBeVisible();
      const { violations } = await new AxeBuilder({ page }).analyze();
      expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([]);
    });
  }
}
