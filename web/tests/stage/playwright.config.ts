import { defineConfig } from '@playwright/test';
import { browser, outputs } from '../e2e/machine.ts';

const PORT = 5310;
const config = '--config tests/stage/vite.config.ts';

/** A conversation without a server: what of it only a browser can tell. */
export default defineConfig({
  testDir: '.',
  outputDir: outputs('stage'),
  workers: 1,
  reporter: 'list',
  use: { ...browser, baseURL: `http://127.0.0.1:${PORT}`, trace: 'retain-on-failure' },
  webServer: {
    command: `vite build ${config} && vite preview ${config} --host 127.0.0.1 --port ${PORT} --strictPort`,
    cwd: `${import.meta.dirname}/../..`,
    port: PORT,
  },
});
