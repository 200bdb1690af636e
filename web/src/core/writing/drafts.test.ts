import { describe, expect, it } from 'vitest';
import { liveStore, looseTabs, SlowStorage } from '../testing/loose.ts';
import { virtualTime } from '../testing/world.ts';
import { Drafts } from './drafts.ts';

const draft = (text: string) => ({ text, reply_to: undefined });

function typing() {
  const time = virtualTime();
  const live = liveStore();
  const storage = new SlowStorage();
  const { tabs, told } = looseTabs();
  return { time, live, storage, told, drafts: new Drafts(live, storage, tabs) };
}

describe('a draft', () => {
  it('is written down within a second, once for many letters', async () => {
    const { time, storage, told, drafts } = typing();
    for (const text of ['h', 'he', 'hel']) drafts.save('r', draft(text));
    await time.advance(1_000);
    expect(await storage.loadDraft('r')).toEqual(draft('hel'));
    expect(told).toEqual([{ about: 'draft', room: 'r' }]);
  });

  it('of only blanks is none, unless it answers something', async () => {
    const { live, drafts } = typing();
    drafts.save('r', draft('hello'));
    drafts.save('r', draft(' \n'));
    expect(live.state.drafts).toEqual({});
    drafts.save('r', { text: '', reply_to: 'm' });
    expect(live.state.drafts.r).toEqual({ text: '', reply_to: 'm' });
  });

  it('is written down at once when the page goes, in all rooms together', async () => {
    const { time, storage, drafts } = typing();
    for (const room of ['a', 'b', 'c']) drafts.save(room, draft(room));
    const writing = drafts.flush();
    await time.settle();
    await writing;
    for (const room of ['a', 'b', 'c']) expect(await storage.loadDraft(room)).toEqual(draft(room));
  });

  it('is taken from another tab', async () => {
    const { live, storage, drafts } = typing();
    await storage.saveDraft('r', draft('from there'));
    await drafts.changedElsewhere('r');
    expect(live.state.drafts.r).toEqual(draft('from there'));
    await storage.saveDraft('r', undefined);
    await drafts.changedElsewhere('r');
    expect(live.state.drafts.r).toBeUndefined();
  });

  it('stays as it is being typed when another tab changes it', async () => {
    const { time, live, storage, drafts } = typing();
    drafts.save('r', draft('mine'));
    await drafts.changedElsewhere('r');
    await storage.saveDraft('r', draft('theirs'));
    expect(live.state.drafts.r).toEqual(draft('mine'));
    await time.advance(1_000);
    expect(await storage.loadDraft('r')).toEqual(draft('mine'));
  });

  it('stays as it is being typed while it is written down, however slowly', async () => {
    const { time, live, storage, drafts } = typing();
    storage.pace = 500;
    drafts.save('r', draft('new'));
    await time.advance(450);
    const hearing = drafts.changedElsewhere('r');
    drafts.save('r', draft('newer'));
    await time.advance(5_000);
    await hearing;
    expect(live.state.drafts.r).toEqual(draft('newer'));
    storage.pace = 0;
    expect(await storage.loadDraft('r')).toEqual(draft('newer'));
  });

  it('that was typed before the last visit was read wins over it', () => {
    const { live, drafts } = typing();
    drafts.save('a', draft('typed'));
    drafts.restore(
      new Map([
        ['a', draft('saved')],
        ['b', draft('saved too')],
      ]),
    );
    expect(live.state.drafts).toEqual({ a: draft('typed'), b: draft('saved too') });
  });
});
