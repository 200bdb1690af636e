import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { ApiError } from './api/error.ts';
import { HEARTBEAT, scriptedConnection, WELCOME } from './testing/scripted_connection.ts';

describe('a connection', () => {
  it('says hello first and is online with the welcome', async () => {
    const { talk, time, last, states } = scriptedConnection();
    talk.start();
    await time.settle();
    last().happens('open');
    expect(last().sent).toEqual([{ t: 'hello', rooms: {} }]);
    expect(talk.online).toBe(false);
    last().says(WELCOME);
    expect(talk.online).toBe(true);
    expect(states).toEqual([{ status: 'connecting' }, { status: 'online' }]);
  });

  it('answers pings', async () => {
    const { begins, last } = scriptedConnection();
    await begins();
    last().says({ t: 'ping', heads: {} });
    expect(last().sent.at(-1)).toEqual({ t: 'pong' });
  });

  it('passes over what is no frame', async () => {
    const { begins, last, frames } = scriptedConnection();
    await begins();
    for (const text of ['', '{', 'null', '7', '[]', '{"x":1}']) last().says(text);
    last().happens('message', { data: new ArrayBuffer(1) });
    expect(frames).toEqual([]);
  });

  it('takes one welcome', async () => {
    const { begins, last, welcome } = scriptedConnection();
    await begins();
    last().says(WELCOME);
    expect(welcome).toHaveBeenCalledTimes(1);
  });

  it('hears nothing of a socket that it has left', async () => {
    const { begins, goesOnline, time, sockets, frames, talk, pause } = scriptedConnection();
    await begins();
    const [old] = sockets;
    old?.happens('close', { code: 1006 });
    await time.advance(pause() ?? 0);
    await goesOnline();
    old?.says({ t: 'receipt', room: 'r', user: 'u', read_n: 1 });
    old?.happens('close', { code: 4401 });
    expect(frames).toEqual([]);
    expect(talk.online).toBe(true);
  });

  it('ends for good when it is stopped, whatever comes late', async () => {
    const { begins, talk, time, sockets, last } = scriptedConnection();
    await begins();
    talk.stop();
    expect(last().closed).toBe(true);
    last().happens('close', { code: 1006 });
    talk.reconnect();
    await time.advance(100_000);
    expect(sockets).toHaveLength(1);
    expect(time.waiting).toBe(0);
  });

  it('opens no socket when it is stopped while the ticket is fetched', async () => {
    const { talk, time, sockets } = scriptedConnection();
    talk.start();
    talk.stop();
    await time.advance(1_000);
    expect(sockets).toHaveLength(0);
  });
});

describe('a pause between attempts', () => {
  it('grows to half a minute, with jitter, and never vanishes', async () => {
    const property = fc.asyncProperty(
      fc.array(fc.double({ min: 0, max: 0.999, noNaN: true })),
      async (luck) => {
        const { talk, random, access, time, pause } = scriptedConnection();
        access.ticket.mockRejectedValue(new ApiError({ code: 'network', detail: '', status: 0 }));
        talk.start();
        await time.settle();
        for (const [failures, number] of luck.entries()) {
          const before = pause() ?? 0;
          random.mockReturnValue(number);
          await time.advance(before);
          const ceiling = Math.min(30_000, 500 * 2 ** (failures + 1));
          expect(pause()).toBeLessThanOrEqual(ceiling + 0.001);
          expect(pause()).toBeGreaterThanOrEqual(ceiling * 0.2 - 0.001);
        }
        talk.stop();
        vi.unstubAllGlobals();
        vi.restoreAllMocks();
      },
    );
    await fc.assert(property, { numRuns: 10 });
  });

  it('is short again after a connection that lasted', async () => {
    const { talk, access, begins, time, last, pause } = scriptedConnection();
    access.ticket.mockRejectedValueOnce(new ApiError({ code: 'network', detail: '', status: 0 }));
    access.ticket.mockRejectedValueOnce(new ApiError({ code: 'network', detail: '', status: 0 }));
    talk.start();
    await time.advance(3_000);
    await begins();
    await time.advance(10_000);
    last().happens('close', { code: 1006 });
    expect(pause()).toBeLessThanOrEqual(500);
  });

  it('goes on growing when connections break at once', async () => {
    const { begins, goesOnline, time, last, pause } = scriptedConnection();
    await begins();
    const pauses: number[] = [];
    for (let time_ = 0; time_ < 4; time_ += 1) {
      last().happens('close', { code: 1006 });
      pauses.push(Math.round(pause() ?? 0));
      await time.advance(pause() ?? 0);
      await goesOnline();
    }
    expect(pauses).toEqual([300, 600, 1_200, 2_400]);
  });

  it('is as long as the server asks, also when somebody wants to hurry', async () => {
    const { talk, access, time, pause, sockets } = scriptedConnection();
    access.ticket.mockRejectedValueOnce(
      new ApiError({ code: 'too_many_requests', detail: '', status: 429, retry_after_ms: 8_000 }),
    );
    talk.start();
    await time.settle();
    expect(pause()).toBeGreaterThan(8_000);
    talk.reconnect();
    expect(pause()).toBeGreaterThan(8_000);
    await time.advance(7_999);
    expect(sockets).toHaveLength(0);
    await time.advance(1_000);
    expect(sockets).toHaveLength(1);
  });

  it('is some seconds for who was too fast', async () => {
    const { begins, last, pause } = scriptedConnection();
    await begins();
    last().happens('close', { code: 4429 });
    expect(pause()).toBeGreaterThan(5_000);
  });

  it('is long for who was replaced, lest tabs drive each other out for ever', async () => {
    const { begins, last, pause, talk, time, sockets } = scriptedConnection();
    await begins();
    await time.advance(20_000);
    last().happens('close', { code: 4409 });
    expect(pause()).toBeGreaterThan(10_000);
    // Who looks at this tab wants this one.
    talk.reconnect();
    await time.settle();
    expect(sockets).toHaveLength(2);
  });

  it('ends at once when somebody wants to hurry', async () => {
    const { begins, last, talk, time, sockets } = scriptedConnection();
    await begins();
    last().happens('close', { code: 1006 });
    talk.reconnect();
    await time.settle();
    expect(sockets).toHaveLength(2);
  });
});

describe('a token that ends', () => {
  it('is replaced before the next attempt', async () => {
    const { begins, last, time, pause, access, goesOnline, talk } = scriptedConnection();
    await begins();
    expect(access.freshToken).not.toHaveBeenCalled();
    last().happens('close', { code: 4401 });
    await time.advance(pause() ?? 0);
    expect(access.freshToken).toHaveBeenCalledTimes(1);
    await goesOnline();
    expect(talk.online).toBe(true);
  });

  it('is asked for again when that failed', async () => {
    const { begins, last, time, pause, access } = scriptedConnection();
    await begins();
    access.freshToken.mockRejectedValueOnce(new ApiError({ code: 'network', detail: '', status: 0 }));
    last().happens('close', { code: 4401 });
    await time.advance(pause() ?? 0);
    await time.settle();
    await time.advance(pause() ?? 0);
    expect(access.freshToken).toHaveBeenCalledTimes(2);
  });

  it('is replaced without leaving when the server says so in time', async () => {
    const { begins, last, time, talk } = scriptedConnection();
    await begins();
    last().says({ t: 'auth.expiring', in_ms: 60_000 });
    await time.settle();
    expect(last().sent.at(-1)).toEqual({ t: 'auth', token: 'token' });
    expect(talk.online).toBe(true);
  });

  it('is tried for less and less often when the session has ended and nobody stops the client', async () => {
    const { talk, access, time, failures } = scriptedConnection();
    access.ticket.mockRejectedValue(new ApiError({ code: 'refresh_reused', detail: '', status: 401 }));
    talk.start();
    await time.advance(600_000);
    expect(failures.length).toBeLessThan(50);
    talk.stop();
    expect(time.waiting).toBe(0);
  });
});

describe('a gateway that leaves', () => {
  it('is left when it says, and not before', async () => {
    const { begins, last, time, sockets, goesOnline, talk } = scriptedConnection();
    await begins();
    last().says({ t: 'drain', reconnect_in_ms: 700 });
    await time.advance(699);
    expect(talk.online).toBe(true);
    expect(sockets).toHaveLength(1);
    await time.advance(1);
    await goesOnline();
    expect(sockets).toHaveLength(2);
    expect(talk.online).toBe(true);
  });

  it('is not come back to earlier than it has said, also when it closes first', async () => {
    const { begins, last, time, sockets, pause, talk } = scriptedConnection();
    await begins();
    last().says({ t: 'drain', reconnect_in_ms: 5_000 });
    await time.advance(1_000);
    last().happens('close', { code: 1012 });
    talk.reconnect();
    expect(pause()).toBeGreaterThanOrEqual(4_000);
    await time.advance(3_999);
    expect(sockets).toHaveLength(1);
  });
});

describe('silence', () => {
  it('ends a connection after two and a half heartbeats', async () => {
    const { begins, last, time, talk } = scriptedConnection();
    await begins();
    await time.advance(HEARTBEAT * 2);
    last().says({ t: 'ping', heads: {} });
    await time.advance(HEARTBEAT * 2.5 - 1);
    expect(talk.online).toBe(true);
    await time.advance(1);
    expect(talk.online).toBe(false);
    expect(last().closed).toBe(true);
  });

  it('before the welcome ends an attempt', async () => {
    const { talk, time, sockets, pause } = scriptedConnection();
    talk.start();
    await time.advance(15_000);
    expect(pause()).toBeDefined();
    await time.advance(1_000);
    expect(sockets).toHaveLength(2);
  });

  it('of a beat and a half is enough when the machine may have slept', async () => {
    const { begins, time, talk, sockets } = scriptedConnection();
    await begins();
    await time.advance(HEARTBEAT);
    talk.reconnect();
    expect(talk.online).toBe(true);
    // The clock went on while timers stood still.
    time.clockError = 3_600_000;
    talk.reconnect();
    expect(talk.online).toBe(false);
    await time.settle();
    expect(sockets).toHaveLength(2);
  });
});

describe('a browser without a network', () => {
  it('tries nothing until it is back', async () => {
    const { begins, talk, time, states, sockets } = scriptedConnection();
    await begins();
    talk.goOffline();
    await time.advance(600_000);
    expect(states.at(-1)).toEqual({ status: 'offline' });
    expect(sockets).toHaveLength(1);
    talk.reconnect();
    await time.settle();
    expect(sockets).toHaveLength(2);
  });
});

describe('a request', () => {
  const SEND = { t: 'send', id: 'm', room: 'r', body: 'hello' } as const;
  const ack = (ref: number) => ({ t: 'ack', ref, id: 'm', seq: 1, n: 1, duplicate: false }) as const;

  it('gets the answer with its reference', async () => {
    const { begins, last, talk } = scriptedConnection();
    await begins();
    const answers = [talk.ask(SEND), talk.ask(SEND)];
    const [first, second] = last().sent.slice(-2);
    last().says(ack(second?.ref ?? 0));
    last().says(ack(first?.ref ?? 0));
    const refs = (await Promise.all(answers)).map((answer) => answer?.ref);
    expect(refs).toEqual([first?.ref, second?.ref]);
  });

  it('is answered once, and by nothing that it did not ask', async () => {
    const { begins, last, talk } = scriptedConnection();
    await begins();
    const answer = talk.ask(SEND);
    const ref = last().sent.at(-1)?.ref ?? 0;
    last().says(ack(ref + 1));
    last().says({ t: 'error', code: 'internal', detail: 'of something else' });
    last().says(ack(ref));
    last().says({ t: 'error', ref, code: 'internal', detail: '' });
    expect(await answer).toEqual(ack(ref));
  });

  it('has an unknown outcome when its socket is gone', async () => {
    const { begins, last, talk, time } = scriptedConnection();
    await begins();
    const answers = Array.from({ length: 100 }, () => talk.ask(SEND));
    last().happens('close', { code: 1006 });
    expect(new Set(await Promise.all(answers))).toEqual(new Set([undefined]));
    // Only the next attempt waits.
    expect(time.waiting).toBe(1);
  });

  it('that nobody answers ends the connection', async () => {
    const { begins, last, talk, time } = scriptedConnection();
    await begins();
    const answer = talk.ask(SEND);
    await time.advance(10_000);
    last().says({ t: 'ping', heads: {} });
    await time.advance(5_000);
    expect(await answer).toBeUndefined();
    expect(talk.online).toBe(false);
  });

  it('is not made without a connection', async () => {
    const { talk, time } = scriptedConnection();
    expect(await talk.ask(SEND)).toBeUndefined();
    expect(talk.tell({ t: 'pong' })).toBe(false);
    expect(time.waiting).toBe(0);
  });
});
