// @vitest-environment jsdom
import { afterEach, describe, expect, it, vi } from 'vitest';
import { localSessionPlace } from './session_place.ts';
import type { Kept } from './sessions.ts';

const KEPT = { user: { id: 'u' }, access_token: 'a', refresh_token: 'r' } as Kept;

afterEach(() => {
  vi.restoreAllMocks();
  localStorage.clear();
});

describe('where a session is kept', () => {
  it('is shared by the tabs', () => {
    localSessionPlace().write(KEPT);
    expect(localSessionPlace().read()).toEqual(KEPT);
  });

  it('is empty as soon as another tab has emptied it, before the news of it is here', () => {
    const place = localSessionPlace();
    place.write(KEPT);
    localStorage.clear();
    expect(place.read()).toBeUndefined();
  });

  it('is the page where the browser forbids it', () => {
    vi.spyOn(Storage.prototype, 'setItem').mockImplementation(() => {
      throw new DOMException('forbidden', 'SecurityError');
    });
    const place = localSessionPlace();
    place.write(KEPT);
    expect(place.read()).toEqual(KEPT);
    place.write(undefined);
    expect(place.read()).toBeUndefined();
  });

  it('is empty where somebody else has written something', () => {
    for (const text of ['', '{', 'null', '7', '{"user":1}']) {
      localStorage.setItem('chappe-session', text);
      expect(localSessionPlace().read()).toBeUndefined();
    }
  });

  it('tells of changes in other tabs, also when everything was cleared', () => {
    const heard = vi.fn();
    localSessionPlace().listen(heard);
    dispatchEvent(new StorageEvent('storage', { key: 'something else' }));
    expect(heard).not.toHaveBeenCalled();
    dispatchEvent(new StorageEvent('storage', { key: 'chappe-session' }));
    dispatchEvent(new StorageEvent('storage', { key: null }));
    expect(heard).toHaveBeenCalledTimes(2);
  });
});
