/** What must be true once the network is calm. */
import { expect } from 'vitest';
import { startsAtBeginning, unread } from '../model.ts';
import type { Tab } from './device.ts';
import type { Play, Written } from './scenario.ts';
import { shown, type World } from './world.ts';

/** Milliseconds after which everything has settled: silence is noticed, pauses are over. */
const SETTLED = 240_000;

/** Nothing bad happens any more, and time passes. */
export async function calm(world: World, play: Play, newConnections: boolean): Promise<void> {
  world.decide({});
  world.network.settings.busy = 0;
  await world.time.advance(1_000);
  if (newConnections) world.network.cut();
  if (world.device.tabs.length === 0) play.openTab();
  await world.time.advance(SETTLED / 2);
  const [tab] = world.device.tabs;
  void tab?.sessions.freshToken().catch(() => undefined);
  await world.time.advance(1_000);
  if (!world.device.kept) {
    // A refresh whose answer was lost came too late: the person logs in again.
    for (const tab of world.device.tabs) tab.kill();
    world.logIn();
    play.openTab();
  }
  // Somebody looks at them.
  for (const tab of world.device.tabs) tab.client.reconnect();
  await world.time.advance(SETTLED / 2);
}

/** Everything is as the server has it. */
export async function expectTruth(world: World, tab: Tab): Promise<void> {
  const { server, me } = world;
  const mine = server.roomsOf(me.id);
  const state = shown(tab);
  expect(state.connection, 'connection').toEqual({ status: 'online' });
  expect(state.ready, 'ready').toBe(true);
  expect(state.failure, 'failure').toBeUndefined();
  expect(Object.keys(state.rooms).sort(), 'rooms').toEqual(mine.map(({ id }) => id).sort());
  for (const room of mine) {
    const member = room.members.get(me.id);
    const known = state.rooms[room.id];
    const { title } = room;
    const [seq, n, read_n] = [room.events.length, room.messages.length, member?.read_n ?? 0];
    expect(known, title).toMatchObject({ title, seq, n, read_n, member_count: room.members.size });
    expect(known && unread(known), 'unread').toBe(n - read_n);
    expect(known?.last_message?.id, 'last message').toBe(room.messages.at(-1)?.id);
  }
  for (const id of Object.keys(state.timelines)) expect(state.rooms[id], 'room of a window').toBeDefined();
}

/** A room can be read from its end to its beginning. */
export async function expectHistory(world: World, tab: Tab): Promise<void> {
  for (const room of world.server.roomsOf(world.me.id)) {
    const { client } = tab;
    const close = client.open(room.id);
    await world.time.advance(500);
    await Promise.all([client.jumpToEnd(room.id), world.time.advance(500)]);
    for (let page = 0; page < 9; page += 1) {
      const timeline = shown(tab).timelines[room.id];
      if (timeline && startsAtBeginning(timeline)) break;
      await Promise.all([client.loadOlder(room.id), world.time.advance(500)]);
    }
    const timeline = shown(tab).timelines[room.id];
    const there = timeline?.messages.map(({ n, body }) => `${n}: ${body}`);
    expect(there, room.title).toEqual(room.messages.map(({ n, body }) => `${n}: ${body}`));
    expect(timeline).toMatchObject({ at_end: true, loading: undefined, failure: undefined });
    close();
  }
}

/** What was written is on the server once, or waits for the person in every tab. */
export function expectWritten(world: World, written: readonly Written[]): void {
  const there = [...world.server.sent.values()].filter(({ sender }) => sender.id === world.me.id);
  const texts = there.map(({ body }) => body);
  expect(new Set(texts).size, 'nothing is there twice').toBe(texts.length);
  for (const { text, kept, discarded, retried, lost, room } of written) {
    // Two tabs were told opposite things: either may happen.
    if (discarded && retried) continue;
    const isSent = texts.includes(text);
    for (const tab of world.device.tabs) {
      const waiting = (shown(tab).outbox[room.id] ?? []).filter(({ body }) => body === text);
      if (isSent || discarded) expect(waiting, text).toEqual([]);
      else if (kept && !lost) expect(waiting, text).toMatchObject([{ state: 'failed' }]);
      if (waiting[0]) expect(waiting[0].failure?.code, text).toBeTruthy();
    }
    if (discarded) expect(isSent, `${text} was taken back`).toBe(false);
  }
  const ordered = new Map(written.filter((one) => !one.retried && !one.lost).map((one) => [one.text, one]));
  for (const room of new Set(written.map((one) => one.room)))
    for (const tab of new Set(written.map((one) => one.tab))) {
      const own = room.messages.filter(({ body }) => ordered.get(body)?.tab === tab);
      const order = own.map(({ body }) => Number.parseInt(body, 10));
      expect(order, `the order of ${tab}`).toEqual([...order].sort((a, b) => a - b));
    }
}

/** What was typed last in a room is its draft, in all tabs and on the device. */
export async function expectDrafts(world: World, play: Play): Promise<void> {
  const { drafts } = await world.device.storage.load();
  for (const [room, { text, disputed }] of play.typed) {
    if (disputed) continue;
    expect(drafts.get(room)?.text).toBe(text);
    for (const tab of world.device.tabs) expect(shown(tab).drafts[room]?.text).toBe(text);
  }
}
