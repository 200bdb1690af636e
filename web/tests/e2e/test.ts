/** The tests' own `test`: a world for all tests of a worker, and browsers whose every fault fails the test. */
import {
  type BrowserContext,
  type BrowserContextOptions,
  test as base,
  expect,
  type Page,
} from '@playwright/test';
import { Faults } from './faults.ts';
import { Person } from './world/person.ts';
import { World, type WorldKind } from './world/world.ts';

export { expect };

export interface WorldOptions {
  kind: WorldKind;
  /** How long an access token lasts. */
  accessTokenSeconds: number;
  profile: 'debug' | 'release';
}

interface WorldFixtures extends WorldOptions {
  world: World;
}

interface Visit extends BrowserContextOptions {
  /** Which gateway the browser speaks to. */
  gateway?: number;
  path?: string;
  /** Runs before anything of the page does. */
  before?: (context: BrowserContext) => Promise<unknown>;
}

interface Fixtures {
  /** Somebody new, who is shown under this name. */
  person: (name: string) => Promise<Person>;
  /** Opens the client in a browser of its own: signed in as somebody, or as nobody. */
  visit: (who: Person | undefined, visit?: Visit) => Promise<Page>;
  faults: Faults;
}

export const test = base.extend<Fixtures, WorldFixtures>({
  kind: ['embedded', { option: true, scope: 'worker' }],
  accessTokenSeconds: [900, { option: true, scope: 'worker' }],
  profile: ['debug', { option: true, scope: 'worker' }],

  world: [
    async ({ kind, accessTokenSeconds, profile }, use) => {
      const world = await World.start({ kind, accessTokenSeconds, profile });
      await use(world);
      await world.end();
    },
    { scope: 'worker', timeout: 120_000 },
  ],

  person: async ({ world }, use) => {
    await use((name) => Person.register(world, name));
  },

  faults: async ({ world }, use) => {
    const faults = new Faults(world.gateways);
    await use(faults);
    expect(faults.all, 'faults of the pages').toEqual([]);
  },

  visit: async ({ browser, world, faults, contextOptions }, use) => {
    const contexts: BrowserContext[] = [];
    await use(async (who, { gateway = contexts.length, path = '/', before, ...options } = {}) => {
      const origin = world.gateway(gateway);
      const signedIn = who && {
        origins: [{ origin, localStorage: [await session(who, gateway)] }],
        cookies: [],
      };
      const context = await browser.newContext({
        ...contextOptions,
        baseURL: origin,
        ...(signedIn && { storageState: signedIn }),
        ...options,
      });
      contexts.push(context);
      await faults.watch(context);
      await before?.(context);
      const page = await context.newPage();
      await page.goto(path);
      return page;
    });
    for (const context of contexts) await context.close();
  },
});

/** A session as the client keeps it on a device. */
async function session(who: Person, gateway: number): Promise<{ name: string; value: string }> {
  const { user, access_token, refresh_token } = await who.signIn(gateway);
  return { name: 'chappe-session', value: JSON.stringify({ user, access_token, refresh_token }) };
}
