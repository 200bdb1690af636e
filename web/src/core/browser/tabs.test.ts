import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { browserTabs, type Word } from './tabs.ts';

function opened(user: string) {
  const tabs = browserTabs(user);
  onTestFinished(() => tabs.close());
  return tabs;
}

describe('the tabs of one person', () => {
  it('have names of their own', () => {
    expect(opened('a').name).not.toBe(opened('a').name);
  });

  it('hear each other, not themselves, and nobody else', async () => {
    const [one, other, stranger] = [opened('a'), opened('a'), opened('b')];
    const heard: [string, Word][] = [];
    one.listen((word) => heard.push(['one', word]));
    other.listen((word) => heard.push(['other', word]));
    stranger.listen((word) => heard.push(['stranger', word]));
    one.tell({ about: 'draft', room: 'r' });
    await vi.waitFor(() => expect(heard).toEqual([['other', { about: 'draft', room: 'r' }]]));
  });

  it('take over what a closed one has left, one of them at a time', async () => {
    const [closing, one, other] = [opened('a'), opened('a'), opened('a')];
    const done: string[] = [];
    const adopt = (name: string) => async () => {
      done.push(`${name} begins`);
      await new Promise((resolve) => setTimeout(resolve, 10));
      done.push(`${name} ends`);
    };
    const both = [one.whenGone(closing.name, adopt('one')), other.whenGone(closing.name, adopt('other'))];
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(done).toEqual([]);
    closing.close();
    await Promise.all(both);
    expect(done).toEqual(['one begins', 'one ends', 'other begins', 'other ends']);
  });

  it('take over what one has left that was gone before they came', async () => {
    const adopt = vi.fn(async () => {});
    await opened('a').whenGone('long gone', adopt);
    expect(adopt).toHaveBeenCalledTimes(1);
  });

  it('wait no longer than they live, and say nothing after that', async () => {
    const [living, closing] = [opened('a'), opened('a')];
    const adopt = vi.fn(async () => {});
    const waiting = closing.whenGone(living.name, adopt);
    await new Promise((resolve) => setTimeout(resolve, 10));
    closing.close();
    await waiting;
    closing.tell({ about: 'outbox' });
    expect(adopt).not.toHaveBeenCalled();
  });
});
