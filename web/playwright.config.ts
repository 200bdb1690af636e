import { defineConfig } from '@playwright/test';
import { browser, outputs } from './tests/e2e/machine.ts';
import type { WorldOptions } from './tests/e2e/test.ts';

/** What is about the client alone, and takes its time. */
const ALIKE = /(accessible|hostile|installed)\.spec\.ts$/;

/**
 * The client in browsers, against whole Chappes: `scripts/web e2e` has the embedded one, and in `scripts/stack run` the
 * distributed one too. Both have the same tests, where servers can make a difference.
 */
export default defineConfig<object, WorldOptions>({
  testDir: 'tests/e2e',
  outputDir: outputs('web'),
  // Tests kill servers, and there is one set of servers under the distributed Chappe.
  workers: 1,
  timeout: 90_000,
  expect: { timeout: 15_000 },
  reporter: 'list',
  use: { ...browser, trace: 'retain-on-failure' },
  projects: [
    { name: 'embedded', use: { kind: 'embedded' } },
    ...(process.env.CHAPPE_TEST_POSTGRES_URL === undefined
      ? []
      : [{ name: 'distributed', use: { kind: 'distributed' } as const, testIgnore: ALIKE }]),
  ],
});
