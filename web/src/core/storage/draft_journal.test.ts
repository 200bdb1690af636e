// @vitest-environment jsdom
import 'fake-indexeddb/auto';
import { beforeEach, describe, expect, it } from 'vitest';
import { localDraftJournal } from './draft_journal.ts';
import { FallbackStorage } from './fallback.ts';
import { IndexedDbStorage } from './indexed_db.ts';

const ADA = '01936b2e-7c00-7000-8000-00000000000a';
const ROOM = '01936b2e-7c00-7000-8000-0000000000aa';
const draft = { text: 'half a thought', reply_to: undefined };

describe('a draft whose page goes before the database has it', () => {
  beforeEach(async () => {
    await new FallbackStorage(ADA).clear();
  });

  /** A page that goes at the next moment: its database does nothing any more. */
  function goingPage() {
    const stuck = new Promise<never>(() => {});
    return new FallbackStorage(ADA, async (user) => {
      const database = await IndexedDbStorage.open(user);
      return Object.assign(database, { saveDraft: () => stuck });
    });
  }

  it('is there on the next page, and in the database from then on', async () => {
    void goingPage().saveDraft(ROOM, draft);
    expect((await new FallbackStorage(ADA).load()).drafts.get(ROOM)).toEqual(draft);
    await expect.poll(() => localDraftJournal(ADA).read().size).toBe(0);
    const database = await IndexedDbStorage.open(ADA);
    expect(await database.loadDraft(ROOM)).toEqual(draft);
    database.close();
  });

  it('is read by a page that was there before', async () => {
    const other = new FallbackStorage(ADA);
    await other.load();
    void goingPage().saveDraft(ROOM, draft);
    expect(await other.loadDraft(ROOM)).toEqual(draft);
  });

  it('is gone when it was taken away last', async () => {
    await new FallbackStorage(ADA).saveDraft(ROOM, draft);
    void goingPage().saveDraft(ROOM, undefined);
    expect((await new FallbackStorage(ADA).load()).drafts.has(ROOM)).toBe(false);
  });

  it('leaves nothing on the device of who logs out', async () => {
    void goingPage().saveDraft(ROOM, draft);
    await new FallbackStorage(ADA).clear();
    expect(localStorage.length).toBe(0);
  });
});
