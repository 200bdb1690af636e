import { defineConfig } from '@playwright/test';
import { browser, outputs } from './tests/e2e/machine.ts';
import type { WorldOptions } from './tests/e2e/test.ts';

/** The client's figures, on a release build: `make bench-web`. They are told and not asserted: machines differ. */
export default defineConfig<object, WorldOptions>({
  testDir: 'tests/bench',
  outputDir: outputs('bench'),
  workers: 1,
  timeout: 300_000,
  reporter: './tests/bench/table.ts',
  use: { ...browser, kind: 'embedded', profile: 'release' },
});
