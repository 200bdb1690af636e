import { describe, expect, it } from 'vitest';
import { ServerClock } from './clock.ts';
import { virtualTime } from './testing/world.ts';

const HOUR = 3_600_000;

describe("the server's clock", () => {
  it('is right on a device whose own is hours off', () => {
    const time = virtualTime();
    for (const error of [5 * HOUR, -26 * HOUR]) {
      time.clockError = error;
      const clock = new ServerClock();
      clock.learn(new Date(time.now).toUTCString());
      expect(Math.abs(clock.now() - time.now)).toBeLessThan(1_000);
    }
  });

  it("is the device's own where both agree but for what an answer takes", () => {
    const time = virtualTime();
    const clock = new ServerClock();
    clock.learn(new Date(time.now - 5 * HOUR).toUTCString());
    clock.learn(new Date(time.now - 20_000).toUTCString());
    expect(clock.now()).toBe(time.now);
  });

  it('learns nothing from an answer without a date', () => {
    const time = virtualTime();
    const clock = new ServerClock();
    for (const date of [null, '', 'yesterday']) clock.learn(date);
    expect(clock.now()).toBe(time.now);
  });
});
