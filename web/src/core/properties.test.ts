/** Whatever happens, the client is right once the network is calm, and never shows nonsense before. */
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { calm, expectDrafts, expectHistory, expectTruth, expectWritten } from './testing/calm.ts';
import { Play, type Scenario, scenarios } from './testing/scenario.ts';
import { VirtualTime } from './testing/virtual_time.ts';
import { type Watch, watch } from './testing/watch.ts';
import { World } from './testing/world.ts';

/** Timers that a calm tab and its connection may have. */
const TIMERS_OF_A_TAB = 8;

async function holds(scenario: Scenario, { steady = true, hostile = false } = {}): Promise<void> {
  const time = new VirtualTime();
  time.install();
  let seed = 1;
  vi.spyOn(Math, 'random').mockImplementation(() => {
    seed = (seed * 16_807) % 2_147_483_647;
    return seed / 2_147_483_647;
  });
  try {
    const world = new World(time, 3);
    // Small, so that both ways of catching up are gone.
    world.network.settings.mostReplayed = 8;
    const watches = new Map<string, { watched: Watch; frames: () => number }>();
    const play = new Play(world, (tab) =>
      watches.set(tab.name, { watched: watch(tab, steady), frames: () => tab.frames }),
    );
    await play.run(scenario);
    await calm(world, play, hostile);

    for (const { watched, frames } of watches.values()) {
      expect(watched.wrong).toEqual([]);
      // The first state is published without a frame.
      expect(watched.published).toBeLessThanOrEqual(frames() + 1);
    }
    for (const tab of world.device.tabs) await expectTruth(world, tab);
    expectWritten(world, play.written);
    await expectDrafts(world, play);
    expect(time.waiting).toBeLessThanOrEqual(TIMERS_OF_A_TAB * world.device.tabs.length);
    for (const tab of world.device.tabs) await expectHistory(world, tab);
  } finally {
    vi.unstubAllGlobals();
    vi.restoreAllMocks();
  }
}

describe('once the network is calm', () => {
  it.each([
    ['sockets that break at any moment', ['ordinary'], 'in_order', 200],
    ['frames that come twice, never or in another order', ['ordinary'], 'hostile', 200],
    ['tabs that are opened, closed and killed', ['ordinary', 'tabs'], 'in_order', 200],
    ['rooms that come and go', ['ordinary', 'memberships'], 'in_order', 200],
    ['all of that at once', ['ordinary', 'tabs', 'memberships'], 'hostile', 200],
  ] as const)(
    'rooms, messages and positions are exact after %s',
    async (_, kinds, frames, numRuns) => {
      const hostile = frames === 'hostile';
      await fc.assert(
        fc.asyncProperty(scenarios(kinds, frames), (scenario) => holds(scenario, { hostile })),
        { numRuns },
      );
    },
    60_000,
  );

  it('rooms, messages and positions are exact after another life of the server', async () => {
    const property = fc.asyncProperty(scenarios(['ordinary', 'tabs', 'lives'], 'in_order'), (scenario) =>
      holds(scenario, { steady: false }),
    );
    await fc.assert(property, { numRuns: 200 });
  }, 60_000);
});
