import { describe, expect, it } from 'vitest';
import { unread } from '../model.ts';
import type { CallFate } from '../testing/fates.ts';
import { opened, shown, virtualTime, World } from '../testing/world.ts';

describe('a first visit', () => {
  it('shows all rooms with their last messages and what is unread of them', async () => {
    const time = virtualTime();
    const world = new World(time, 7);
    world.write(world.room(3), 4);
    const tab = world.open();
    await time.advance(1_000);
    const room = shown(tab).rooms[world.room(3).id];
    expect(shown(tab)).toMatchObject({ connection: { status: 'online' }, ready: true });
    expect(Object.keys(shown(tab).rooms)).toHaveLength(7);
    expect(room?.last_message?.body).toBe('4 by anna');
    expect(room && unread(room)).toBe(4);
  });

  it('says why there is nothing to show, and goes on by itself', async () => {
    const time = virtualTime();
    const world = new World(time, 2);
    world.network.decide({ calls: ['unreachable', 'busy'] });
    const tab = world.open();
    await time.advance(100);
    expect(shown(tab)).toMatchObject({ ready: false, failure: { code: 'network' } });
    await time.advance(700);
    expect(shown(tab)).toMatchObject({ ready: false, failure: { code: 'unavailable' } });
    await time.advance(10_000);
    expect(shown(tab)).toMatchObject({ ready: true, failure: undefined });
  });

  it('shows a room that was opened before it was known', async () => {
    const time = virtualTime();
    const world = new World(time, 2);
    world.write(world.room(0), 40);
    const tab = world.open();
    tab.client.open(world.room(0).id);
    await time.advance(1_000);
    expect(shown(tab).timelines[world.room(0).id]?.messages).toHaveLength(40);
  });

  it('connects to nothing when it is over before it began', async () => {
    const time = virtualTime();
    const world = new World(time, 2);
    const tab = world.open();
    await tab.client.stop();
    await time.advance(10_000);
    expect(world.network.called).toEqual([]);
    expect(time.waiting).toBe(0);
  });
});

describe('a visit', () => {
  it('shows what was known, and says nothing of failures, while nobody is reached', async () => {
    const { time, network, tab, world, here } = await opened();
    world.write(world.room(0), 3);
    await time.advance(3_000);
    tab.kill();
    network.restart(60_000);
    const next = world.open();
    await time.advance(5_000);
    expect(shown(next)).toMatchObject({ ready: true, failure: undefined });
    expect(shown(next).rooms).toHaveProperty(here()?.id ?? '');
    expect(shown(next).connection.status).not.toBe('online');
    await time.advance(120_000);
    expect(shown(next).connection.status).toBe('online');
  });

  it('fetches what would be too much to replay, once', async () => {
    const { time, network, world, room, here } = await opened();
    network.settings.mostReplayed = 8;
    network.restart(5_000);
    world.write(room, 30);
    const calls = network.called.length;
    await time.advance(30_000);
    expect(here()).toMatchObject({ n: 30, seq: room.events.length });
    expect(network.called.slice(calls).filter((call) => call.includes('/messages'))).toHaveLength(1);
  });

  it('fetches less and less often what can not be had', async () => {
    const { time, network, world, room, decide, here } = await opened();
    network.settings.mostReplayed = 8;
    network.cut();
    world.write(room, 30);
    await time.advance(100);
    decide('answered', ...Array<CallFate>(40).fill('busy'));
    const before = here()?.n;
    await time.advance(120_000);
    expect(here()?.n).toBe(before);
    decide();
    await time.advance(40_000);
    expect(here()?.n).toBe(30);
  });

  it('notices what happened between an answer that was on its way and the next connection', async () => {
    const { time, world, network, room, here, decide } = await opened();
    network.settings.mostReplayed = 2;
    network.cut();
    world.write(room, 30);
    // The ticket, the room, and its messages.
    decide('answered', 'answered', 'late');
    await time.advance(1_000);
    network.cut();
    world.write(room, 1);
    await time.advance(10_000);
    expect(here()).toMatchObject({ n: 31, seq: room.events.length });
  });

  it('notices a gap with the next event', async () => {
    const { time, world, network, room, here } = await opened();
    network.decide({ frames: ['never'] });
    world.write(room, 2);
    await time.advance(100);
    expect(here()?.n).toBe(2);
  });

  it('notices a last event that got lost by what a ping says of its room', async () => {
    const { time, world, network, room, here } = await opened();
    network.decide({ frames: ['never'] });
    world.write(room);
    await time.advance(100);
    expect(here()?.n).toBe(0);
    await time.advance(30_000);
    expect(here()?.n).toBe(1);
  });

  it('fetches a room of which it would have to hold back too much', async () => {
    const { time, world, network, room, here } = await opened();
    network.decide({ frames: ['never'] });
    world.write(room, 1_200);
    await time.advance(2_000);
    expect(here()).toMatchObject({ n: 1_200, seq: room.events.length });
  });

  it('publishes a hundred events of one frame at once', async () => {
    const { time, world, room, client, here } = await opened();
    let published = 0;
    client.store.subscribe(() => {
      published += 1;
    });
    world.write(room, 100);
    await time.advance(100);
    expect(here()?.n).toBe(100);
    expect(published).toBe(1);
  });
});

describe('a room that is added', () => {
  it('has its last message', async () => {
    const { time, world, server, state } = await opened();
    const room = server.open('New', world.anna.id);
    world.write(room, 3);
    server.add(room, world.anna.id, world.me.id);
    await time.advance(500);
    expect(state().rooms[room.id]).toMatchObject({ n: 3, read_n: 3, last_message: { n: 3 } });
  });

  it('has its last message also where that could not be fetched at first', async () => {
    const { time, world, server, state, decide } = await opened();
    const room = server.open('New', world.anna.id);
    world.write(room, 3);
    decide('busy', 'unreachable');
    server.add(room, world.anna.id, world.me.id);
    await time.advance(10_000);
    expect(state().rooms[room.id]).toMatchObject({ n: 3, last_message: { n: 3 } });
  });

  it('is known as soon as REST has answered, and once', async () => {
    const { time, world, server, client, state } = await opened();
    const room = server.open('New', world.anna.id);
    server.add(room, world.anna.id, world.me.id);
    client.addRoom(server.view(room, world.me.id));
    await time.advance(500);
    world.write(room);
    await time.advance(500);
    expect(state().rooms[room.id]).toMatchObject({ seq: room.events.length, n: 1 });
  });
});

describe('a room that goes away', () => {
  it('shows no message any more, and says why it went', async () => {
    const { time, world, server, client, room, state } = await opened();
    world.write(room, 3);
    client.open(room.id);
    await time.advance(500);
    server.remove(room, world.anna.id, world.me.id);
    await time.advance(500);
    expect(state().rooms).not.toHaveProperty(room.id);
    expect(state().timelines).not.toHaveProperty(room.id);
    expect(state().departed[room.id]).toEqual({ title: room.title, why: 'removed' });
    world.write(room, 3);
    await time.advance(500);
    expect(state().timelines).not.toHaveProperty(room.id);
  });

  it('was deleted, or left by the person, where that is so', async () => {
    const { time, world, server, room, state } = await opened();
    server.remove(room, world.me.id, world.me.id);
    server.delete(world.room(1), world.anna.id);
    await time.advance(500);
    expect(state().departed[room.id]?.why).toBe('left');
    expect(state().departed[world.room(1).id]?.why).toBe('deleted');
  });

  it('comes back with all that was written meanwhile, where it is looked at', async () => {
    const { time, world, server, client, room, state, here } = await opened();
    world.write(room, 3);
    client.open(room.id);
    await time.advance(500);
    server.remove(room, world.anna.id, world.me.id);
    world.write(room, 3);
    await time.advance(500);
    server.add(room, world.anna.id, world.me.id);
    await time.advance(500);
    world.write(room, 1);
    await time.advance(500);
    expect(here()).toMatchObject({ n: 7, read_n: 6 });
    expect(state().timelines[room.id]?.messages).toHaveLength(7);
    expect(state().departed).not.toHaveProperty(room.id);
  });

  it('is not brought back by an answer that was on its way', async () => {
    const { time, world, server, client, room, state, decide } = await opened();
    world.write(room, 3);
    const told = server.view(room, world.me.id);
    decide('late');
    client.open(room.id);
    await time.advance(500);
    server.remove(room, world.anna.id, world.me.id);
    await time.advance(500);
    client.addRoom(told);
    await time.advance(10_000);
    expect(state().rooms).not.toHaveProperty(room.id);
    expect(state().timelines).not.toHaveProperty(room.id);
  });

  it('while it was being fetched is gone with the next connection', async () => {
    const { time, world, server, network, state, decide } = await opened();
    network.cut();
    const added = server.open('New', world.anna.id, [world.me.id]);
    decide('answered', 'answered', 'late');
    await time.advance(1_000);
    network.cut();
    server.remove(added, world.anna.id, world.me.id);
    await time.advance(10_000);
    expect(state().rooms).not.toHaveProperty(added.id);
  });

  it('does not go because something else answers in its name', async () => {
    const { time, network, world, room, decide, here } = await opened();
    network.settings.mostReplayed = 8;
    network.cut();
    world.write(room, 30);
    decide('answered', 'portal', 'bad_gateway', 'portal');
    await time.advance(30_000);
    expect(here()?.n).toBe(30);
  });

  it('leaves what was written for it: failed with a reason, or as a draft', async () => {
    const { time, world, server, client, network, room, state } = await opened();
    network.restart(5_000);
    await time.advance(100);
    await client.send(room.id, 'typed without a network');
    client.saveDraft(room.id, { text: 'half a sentence', reply_to: undefined });
    server.remove(room, world.anna.id, world.me.id);
    await time.advance(30_000);
    expect(state().outbox[room.id]).toMatchObject([
      { body: 'typed without a network', state: 'failed', failure: { code: 'not_found' } },
    ]);
    expect(state().drafts[room.id]?.text).toBe('half a sentence');
    const [failed] = state().outbox[room.id] ?? [];
    expect(await client.discard(failed?.id ?? '')).toMatchObject({ body: 'typed without a network' });
  });
});
