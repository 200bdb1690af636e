import { describe, expect, it } from 'vitest';
import { ServerClock } from '../clock.ts';
import type { Connection } from '../connection.ts';
import type { ClientFrame } from '../generated/frames.ts';
import type { Message } from '../model.ts';
import { liveStore, looseTabs, ME, SlowStorage } from '../testing/loose.ts';
import { room, savedOutgoing } from '../testing/samples.ts';
import { virtualTime } from '../testing/world.ts';
import { Outbox } from './outbox.ts';

type Answer = Awaited<ReturnType<Connection['ask']>>;
type Sent = Extract<ClientFrame, { t: 'send' }>;

/** An outbox whose server is played by the test. */
function outbox() {
  const time = virtualTime();
  const live = liveStore({ rooms: { r: room('r', { seq: 5 }) } });
  const storage = new SlowStorage();
  const { tabs, told, gone } = looseTabs();
  const asked: { frame: Sent; answer: (answer: Answer) => void }[] = [];
  const line = {
    online: true,
    ask: (frame: object) =>
      new Promise<Answer>((resolve) => asked.push({ frame: frame as Sent, answer: resolve })),
  };
  const box = new Outbox(live, storage, tabs, line as Connection, new ServerClock());
  const last = () => {
    const request = asked.at(-1);
    if (!request) throw new Error('nothing was sent');
    return request;
  };
  const answers = async (answer: object | undefined) => {
    await time.settle();
    const { frame, answer: give } = last();
    give(answer && ({ ref: 1, id: frame.id, ...answer } as Answer));
    await time.settle();
  };
  const acks = (seq: number) => answers({ t: 'ack', seq, n: seq, duplicate: false });
  const refuses = (code: string, more = {}) => answers({ t: 'error', code, detail: 'no', ...more });
  const shown = () => (live.state.outbox.r ?? []).map(({ body, state }) => `${body}: ${state}`);
  const arrived = (id: string, sender = ME.id): Message =>
    ({ id, room_id: 'r', sender: { id: sender } }) as unknown as Message;
  return { time, live, storage, told, gone, asked, line, box, last, answers, acks, refuses, shown, arrived };
}

describe('a message that is written', () => {
  it('is written down before it is sent', async () => {
    const { time, storage, asked, box, shown } = outbox();
    storage.pace = 100;
    const sending = box.send('r', 'hello', undefined);
    await time.advance(99);
    expect(shown()).toEqual(['hello: queued']);
    expect(asked).toEqual([]);
    await time.advance(1);
    await sending;
    expect(shown()).toEqual(['hello: sending']);
    expect(asked).toHaveLength(1);
  });

  it('is shown until its event is here, and needs no room on the device from the answer on', async () => {
    const { live, storage, box, acks, shown } = outbox();
    await box.send('r', 'hello', undefined);
    await acks(7);
    expect(shown()).toEqual(['hello: sent']);
    expect(await storage.loadOutbox()).toEqual([]);
    live.put('rooms', 'r', room('r', { seq: 6 }));
    box.settled('r', 6);
    expect(shown()).toEqual(['hello: sent']);
    box.settled('r', 7);
    expect(shown()).toEqual([]);
  });

  it('is not shown any more when its event comes before the answer', async () => {
    const { storage, box, last, acks, shown, arrived } = outbox();
    await box.send('r', 'hello', undefined);
    box.arrived(arrived(last().frame.id));
    expect(shown()).toEqual([]);
    await acks(6);
    expect(shown()).toEqual([]);
    expect(await storage.loadOutbox()).toEqual([]);
  });

  it('is sent behind the ones before it in its room, and beside those of other rooms', async () => {
    const { asked, box, acks } = outbox();
    await box.send('r', 'one', undefined);
    await box.send('r', 'two', 'm');
    await box.send('s', 'elsewhere', undefined);
    expect(asked.map(({ frame }) => frame.body)).toEqual(['one', 'elsewhere']);
    asked[0]?.answer({ t: 'ack', ref: 1, id: asked[0].frame.id, seq: 6, n: 4, duplicate: false });
    await acks(6);
    expect(asked.map(({ frame }) => frame.body)).toEqual(['one', 'elsewhere', 'two']);
    expect(asked[2]?.frame.reply_to).toBe('m');
  });

  it('waits for a connection, and is sent with the same id until the server has answered', async () => {
    const { time, asked, line, box, last, answers, acks, shown } = outbox();
    line.online = false;
    await box.send('r', 'hello', undefined);
    await time.advance(60_000);
    expect(asked).toEqual([]);
    line.online = true;
    box.online();
    line.online = false;
    await answers(undefined);
    expect(shown()).toEqual(['hello: queued']);
    line.online = true;
    box.online();
    expect(asked).toHaveLength(2);
    expect(last().frame).toEqual(asked[0]?.frame);
    await acks(5);
    expect(shown()).toEqual([]);
  });
});

describe('a refusal', () => {
  it('that passes is answered by repetition, as late as the server asks', async () => {
    const { time, asked, box, refuses, acks, shown } = outbox();
    await box.send('r', 'hello', undefined);
    await refuses('unavailable', { retry_after_ms: 7_000 });
    expect(shown()).toEqual(['hello: queued']);
    await time.advance(6_999);
    expect(asked).toHaveLength(1);
    await time.advance(1);
    expect(asked).toHaveLength(2);
    await acks(5);
    expect(shown()).toEqual([]);
  });

  it('that passes is answered less and less often, and waits for the person at last', async () => {
    const { time, asked, live, box, refuses, shown } = outbox();
    await box.send('r', 'hello', undefined);
    let attempts = 0;
    while (shown()[0] !== 'hello: failed' && attempts < 20) {
      attempts += 1;
      await refuses('internal');
      await time.advance(20_000);
    }
    expect(asked).toHaveLength(11);
    expect(live.state.outbox.r?.[0]?.failure).toEqual({ code: 'internal', detail: 'no' });
    expect(time.waiting).toBeLessThan(2);
  });

  it('does not hold up a new connection', async () => {
    const { asked, box, refuses } = outbox();
    await box.send('r', 'hello', undefined);
    await refuses('unavailable', { retry_after_ms: 60_000 });
    box.online();
    await Promise.resolve();
    await Promise.resolve();
    expect(asked).toHaveLength(2);
  });

  it('that stays is shown with its reason, outlives the page, and lets the next message pass', async () => {
    const { live, storage, asked, box, refuses, shown } = outbox();
    await box.send('r', 'one', undefined);
    await box.send('r', 'two', undefined);
    await refuses('not_a_member');
    expect(shown()).toEqual(['one: failed', 'two: sending']);
    const failure = { code: 'not_a_member', detail: 'no' };
    expect(live.state.outbox.r?.[0]?.failure).toEqual(failure);
    expect((await storage.loadOutbox())[0]).toMatchObject({ body: 'one', failure });
    expect(asked).toHaveLength(2);
  });
});

describe('a message that failed', () => {
  async function failed() {
    const world = outbox();
    await world.box.send('r', 'hello', undefined);
    await world.refuses('forbidden');
    return { ...world, id: world.last().frame.id };
  }

  it('is sent again with the same id', async () => {
    const { box, id, asked, storage, acks, shown } = await failed();
    await box.retry(id);
    expect((await storage.loadOutbox())[0]?.failure).toBeUndefined();
    expect(asked.map(({ frame }) => frame.id)).toEqual([id, id]);
    await acks(5);
    expect(shown()).toEqual([]);
  });

  it('is given back when it is discarded, and is nowhere after that', async () => {
    const { box, id, storage, told, shown } = await failed();
    expect(await box.discard(id)).toMatchObject({ id, body: 'hello' });
    expect(shown()).toEqual([]);
    expect(await storage.loadOutbox()).toEqual([]);
    expect(told.at(-1)).toEqual({ about: 'outbox' });
    expect(await box.discard(id)).toBeUndefined();
  });

  it('is not shown any more when another tab has discarded it', async () => {
    const { box, id, storage, shown } = await failed();
    await storage.removeOutgoing(id);
    await box.changedElsewhere();
    expect(shown()).toEqual([]);
  });

  it('is left to the tab that sends it again', async () => {
    const { box, id, storage, asked, shown } = await failed();
    await storage.putOutgoing(savedOutgoing(id, { body: 'hello', tab: 'another' }));
    await box.changedElsewhere();
    expect(shown()).toEqual(['hello: queued']);
    box.online();
    expect(asked).toHaveLength(1);
  });
});

describe('a message that may be there already', () => {
  it('can not be taken back', async () => {
    const { line, box, last, answers, acks } = outbox();
    await box.send('r', 'hello', undefined);
    const { id } = last().frame;
    expect(await box.discard(id)).toBeUndefined();
    line.online = false;
    await answers(undefined);
    expect(await box.discard(id)).toBeUndefined();
    line.online = true;
    box.online();
    await acks(9);
    expect(await box.discard(id)).toBeUndefined();
  });

  it('is sent again in another life of the server, where it may be lost', async () => {
    const { time, storage, box, asked, acks, shown } = outbox();
    await box.send('r', 'hello', undefined);
    await acks(9);
    box.reborn();
    await time.settle();
    expect(await storage.loadOutbox()).toHaveLength(1);
    expect(asked.map(({ frame }) => frame.id)).toEqual([asked[0]?.frame.id, asked[0]?.frame.id]);
    await acks(3);
    expect(shown()).toEqual([]);
  });

  it('is not shown any more when its room is gone', async () => {
    const { box, acks, shown } = outbox();
    await box.send('r', 'hello', undefined);
    await acks(9);
    box.gone('r');
    expect(shown()).toEqual([]);
  });
});

describe('the outbox of another tab', () => {
  const others = [
    savedOutgoing('a', { tab: 'another', order: 4 }),
    savedOutgoing('b', { tab: 'another', order: 5 }),
  ];

  it('is shown, and sent by nobody else as long as that tab lives', async () => {
    const { storage, box, asked, shown } = outbox();
    for (const outgoing of others) await storage.putOutgoing(outgoing);
    await box.changedElsewhere();
    box.online();
    expect(shown()).toEqual(['body of a: queued', 'body of b: queued']);
    expect(await box.discard('a')).toBeUndefined();
    expect(asked).toEqual([]);
  });

  it('is sent in its order when that tab is gone, with the same ids', async () => {
    const { storage, box, gone, asked, acks } = outbox();
    for (const outgoing of others) await storage.putOutgoing(outgoing);
    box.restore(others);
    await gone('another');
    await acks(5);
    await acks(5);
    expect(asked.map(({ frame }) => frame.id)).toEqual(['a', 'b']);
    expect(await storage.loadOutbox()).toEqual([]);
  });

  it('has nothing any more that the tab has sent before it was closed', async () => {
    const { time, box, gone, asked, shown } = outbox();
    box.restore(others);
    await gone('another');
    await time.settle();
    expect(asked).toEqual([]);
    expect(shown()).toEqual([]);
  });

  it('has nothing that arrived, however late it is read', async () => {
    const { time, storage, box, shown, arrived } = outbox();
    for (const outgoing of others) await storage.putOutgoing(outgoing);
    storage.pace = 100;
    const reading = box.changedElsewhere();
    box.arrived(arrived('a'));
    box.arrived(arrived('b', 'anna'));
    await time.advance(1_000);
    await reading;
    expect(shown()).toEqual(['body of b: queued']);
  });

  it('does not bring back what this tab has just sent', async () => {
    const { time, storage, box, last, acks, shown, arrived } = outbox();
    await box.send('r', 'hello', undefined);
    storage.pace = 100;
    const reading = box.changedElsewhere();
    void acks(6);
    await time.settle();
    box.arrived(arrived(last().frame.id));
    await time.advance(1_000);
    await reading;
    expect(shown()).toEqual([]);
  });
});

describe('the end of a page', () => {
  it('waits for what is being written down, and sends nothing more', async () => {
    const { time, storage, asked, box, refuses } = outbox();
    await box.send('r', 'one', undefined);
    await refuses('unavailable');
    storage.pace = 100;
    void box.send('r', 'two', undefined);
    box.stop();
    let flushed = false;
    void box.flush().then(() => {
      flushed = true;
    });
    await time.advance(99);
    expect(flushed).toBe(false);
    await time.advance(1);
    expect(flushed).toBe(true);
    await time.advance(60_000);
    expect(asked).toHaveLength(1);
    expect(time.waiting).toBe(0);
    storage.pace = 0;
    expect(await storage.loadOutbox()).toHaveLength(2);
  });
});
