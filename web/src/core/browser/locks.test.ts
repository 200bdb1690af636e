import { afterEach, describe, expect, it, vi } from 'vitest';
import { browserLocks } from './locks.ts';

afterEach(() => {
  vi.unstubAllGlobals();
});

describe('locks', () => {
  it('are those of the browser', () => {
    expect(browserLocks()).toBe(navigator.locks);
  });

  it('are those of the tab where the browser has none', async () => {
    vi.stubGlobal('navigator', {});
    const locks = browserLocks();
    const done: string[] = [];
    const work = (name: string) => async () => {
      done.push(`${name} begins`);
      await new Promise((resolve) => setTimeout(resolve));
      done.push(`${name} ends`);
      return name;
    };
    const failed = locks.request('a', () => Promise.reject(new Error('no')));
    const both = Promise.all([locks.request('a', work('one')), locks.request('a', {}, work('two'))]);
    await expect(failed).rejects.toThrow('no');
    expect(await both).toEqual(['one', 'two']);
    expect(done).toEqual(['one begins', 'one ends', 'two begins', 'two ends']);
  });
});
