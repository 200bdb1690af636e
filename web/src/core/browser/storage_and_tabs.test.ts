/** The whole core over the database, the locks and the channels of a browser, in real time. */
import 'fake-indexeddb/auto';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { ServerClock } from '../clock.ts';
import { createClient } from '../create_client.ts';
import { issueTicket } from '../generated/rest/sdk.gen.ts';
import { createSessions, type Kept } from '../sessions/sessions.ts';
import { FallbackStorage } from '../storage/fallback.ts';
import { ModelServer } from '../testing/model_server.ts';
import { Network } from '../testing/network.ts';
import { browserTabs } from './tabs.ts';

const SOON = { timeout: 5_000, interval: 20 };

function browser() {
  const server = new ModelServer(() => Date.now());
  const network = new Network(server);
  const anna = server.person('anna');
  const me = { ...server.person('me'), id: `me-${Math.random()}` };
  server.people.set(me.id, me);
  const room = server.open('Room', anna.id, [me.id]);
  let kept: Kept | undefined = network.accounts.logIn(me.id);

  const open = () => {
    const line = network.line();
    const tabs = browserTabs(me.id);
    const clock = new ServerClock();
    const { api, freshToken } = createSessions({
      base: 'http://chappe.test',
      place: {
        read: () => kept,
        write: (session) => {
          kept = session;
        },
        listen: () => {},
      },
      locks: navigator.locks,
      clock,
      fetch: line.fetch,
      forget: async () => {},
    });
    const client = createClient({
      user: me,
      api,
      storage: new FallbackStorage(me.id),
      tabs,
      clock,
      frames: (draw) => setTimeout(draw, 5),
      access: {
        ticket: async () => (await issueTicket({ client: api })).ticket,
        freshToken,
        openSocket: (ticket) => line.openSocket(ticket),
      },
    });
    void client.start();
    onTestFinished(() => client.stop());
    const state = () => client.store.getState();
    /** Its lock is free, and it reaches nobody any more. */
    const kill = () => {
      line.kill();
      tabs.close();
    };
    const online = () => vi.waitFor(() => expect(state().connection.status).toBe('online'), SOON);
    return { client, state, kill, online };
  };
  const texts = () => room.messages.map(({ body }) => body);
  return { network, room, texts, open };
}

describe('two tabs in one browser', () => {
  it('send what each of them wrote, once and in order, and show the same', async () => {
    const { room, texts, open } = browser();
    const [one, other] = [open(), open()];
    await Promise.all([one.online(), other.online()]);
    for (let number = 1; number <= 10; number += 1) {
      void one.client.send(room.id, `${number} of one`);
      void other.client.send(room.id, `${number} of the other`);
    }
    await vi.waitFor(() => expect(texts()).toHaveLength(20), SOON);
    for (const by of ['of one', 'of the other'])
      expect(texts().filter((text) => text.endsWith(by))).toEqual(
        Array.from({ length: 10 }, (_, at) => `${at + 1} ${by}`),
      );
    for (const tab of [one, other])
      await vi.waitFor(
        () => expect(tab.state()).toMatchObject({ rooms: { [room.id]: { n: 20 } }, outbox: {} }),
        SOON,
      );
  });

  it('lose nothing when one of them is killed: the other one sends it, and the next one knows the draft', async () => {
    const { network, room, texts, open } = browser();
    const [one, other] = [open(), open()];
    await Promise.all([one.online(), other.online()]);
    network.restart(300);
    await one.client.send(room.id, 'written without a network');
    one.client.saveDraft(room.id, { text: 'half a sentence', reply_to: undefined });
    await one.client.flush();
    one.kill();
    await vi.waitFor(() => expect(texts()).toEqual(['written without a network']), SOON);
    await vi.waitFor(() => expect(other.state().drafts[room.id]?.text).toBe('half a sentence'), SOON);
    const next = open();
    await vi.waitFor(() => expect(next.state().drafts[room.id]?.text).toBe('half a sentence'), SOON);
    await vi.waitFor(() => expect(next.state().rooms[room.id]?.n).toBe(1), SOON);
    expect(next.state().outbox).toEqual({});
  });
});
