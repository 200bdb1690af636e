/** What the tests use of this machine. */
import { join } from 'node:path';
import type { PlaywrightTestOptions, PlaywrightWorkerOptions } from '@playwright/test';

const target = process.env.CARGO_TARGET_DIR ?? join(import.meta.dirname, '../../../target');

/** Where cargo put a binary. */
export function binary(name: string, profile: 'debug' | 'release'): string {
  return join(target, profile, name);
}

/** Where traces of failed tests go. */
export function outputs(name: string): string {
  return join(target, 'e2e', name);
}

/** The distribution's Chromium, which speaks to this machine only. */
export const browser: Partial<PlaywrightTestOptions & PlaywrightWorkerOptions> = {
  browserName: 'chromium',
  launchOptions: {
    executablePath: process.env.CHAPPE_CHROMIUM ?? '/usr/bin/chromium',
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--no-first-run',
      '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1',
    ],
  },
  locale: 'en-GB',
  timezoneId: 'Europe/Kyiv',
  viewport: { width: 1200, height: 800 },
};
