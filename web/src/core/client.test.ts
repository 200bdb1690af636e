import { describe, expect, it } from 'vitest';
import { opened, shown, virtualTime, World } from './testing/world.ts';

describe('a read position', () => {
  it('moves here at once, and at the server soon', async () => {
    const { time, world, client, room, here } = await opened();
    world.write(room, 5);
    await time.advance(100);
    client.markRead(room.id, 4);
    client.markRead(room.id, 2);
    client.markRead(room.id, 99);
    await time.advance(500);
    expect(here()?.read_n).toBe(5);
    expect(room.members.get(world.me.id)?.read_n).toBe(5);
  });

  it('reaches the server from a page that was killed before it could tell', async () => {
    const { time, world, tab, network, client, room } = await opened();
    world.write(room, 5);
    await time.advance(100);
    network.restart(10_000);
    await time.advance(100);
    client.markRead(room.id, 5);
    await time.advance(2_000);
    tab.kill();
    world.open();
    await time.advance(30_000);
    expect(room.members.get(world.me.id)?.read_n).toBe(5);
  });

  it('reaches the server when a service could not take it at first', async () => {
    const { time, world, network, client, room } = await opened();
    world.write(room, 5);
    await time.advance(100);
    network.settings.busy = 1;
    client.markRead(room.id, 5);
    await time.advance(30_000);
    expect(room.members.get(world.me.id)?.read_n).toBe(5);
  });

  it('that is told while the room is being fetched is newer than the answer', async () => {
    const { time, world, server, network, state, decide } = await opened();
    network.cut();
    const added = server.open('New', world.anna.id, [world.me.id]);
    world.write(added, 3);
    decide('answered', 'late');
    await time.advance(1_000);
    expect(state().rooms).not.toHaveProperty(added.id);
    server.markRead(world.me.id, added.id, 2);
    await time.advance(5_000);
    expect(state().rooms[added.id]).toMatchObject({ n: 3, read_n: 2 });
  });

  it('that was only known here is told with the next connection', async () => {
    const { time, world, tab, client, room } = await opened();
    world.write(room, 5);
    await time.advance(100);
    const closing = tab.close();
    // The page is not gone yet.
    client.markRead(room.id, 5);
    await time.advance(100);
    await closing;
    world.open();
    await time.advance(2_000);
    expect(room.members.get(world.me.id)?.read_n).toBe(5);
  });

  it('is done with when the server knew it already', async () => {
    const { time, world, network, client, room } = await opened();
    world.write(room, 5);
    await time.advance(100);
    network.decide({ frames: ['arrives', 'cut_after'] });
    client.markRead(room.id, 5);
    await time.advance(5_000);
    expect(room.members.get(world.me.id)?.read_n).toBe(5);
    await time.advance(60_000);
    await client.flush();
    expect(
      (await world.device.storage.load()).rooms.find((saved) => saved.room.id === room.id),
    ).toMatchObject({
      room: { read_n: 5 },
    });
    // One tab: its silence, and the three of its connection.
    expect(time.waiting).toBeLessThanOrEqual(4);
  });

  it('of one life of the server says nothing in another', async () => {
    const { time, world, server, network, client, room, here } = await opened();
    world.write(room, 10);
    await time.advance(100);
    network.restart(1_000);
    await time.advance(10);
    client.markRead(room.id, 10);
    server.restore(5);
    world.write(room, 2);
    await time.advance(60_000);
    expect(room.messages).toHaveLength(7);
    expect(room.members.get(world.me.id)?.read_n).toBe(0);
    expect(here()).toMatchObject({ n: 7, read_n: 0 });
  });

  it('of others is known as soon as it is told, where somebody asked', async () => {
    const { time, world, server, client, room, state } = await opened();
    world.write(room, 5);
    client.noteReaders(room.id, [[world.anna.id, 2]]);
    client.noteReaders(room.id, [[world.anna.id, 1]]);
    expect(client.store.getState().readers).toEqual({});
    await time.advance(100);
    expect(state().readers[room.id]).toEqual({ [world.anna.id]: 5 });
    server.markRead(world.anna.id, room.id, 5);
    client.noteReaders('no room of ours', [[world.anna.id, 1]]);
    await time.advance(100);
    expect(Object.keys(state().readers)).toEqual([room.id]);
  });
});

describe('another life of the server', () => {
  it('is shown as it is, and what was acknowledged in the last one is sent again', async () => {
    const { time, world, server, network, client, room, here, state } = await opened();
    // The acknowledgement arrives, and the event does not.
    network.decide({ frames: ['arrives', 'never', 'arrives'] });
    await client.send(room.id, 'hello');
    await time.advance(100);
    server.restore(5);
    network.decide({});
    network.cut();
    await time.advance(30_000);
    expect(room.messages.map(({ body }) => body)).toEqual(['hello']);
    expect(here()).toMatchObject({ n: 1, seq: room.events.length });
    expect(state().outbox).toEqual({});
    world.write(room);
    await time.advance(100);
    expect(here()?.n).toBe(2);
  });

  it('is the one that a tab shows after a reload, whichever tab wrote last', async () => {
    const { time, world, server, network, tab, room } = await opened();
    const other = world.open();
    await time.advance(1_000);
    world.write(room, 9);
    await time.advance(2_000);
    // The other tab hears of the new life only later.
    server.restore(4);
    tab.line.cut();
    await time.advance(10_000);
    other.client.markRead(room.id, 9);
    await time.advance(3_000);
    tab.kill();
    network.cut();
    const next = world.open();
    await time.advance(60_000);
    for (const each of [other, next])
      expect(shown(each).rooms[room.id]).toMatchObject({ n: 5, seq: room.events.length });
  });
});

describe('a session that ends', () => {
  it('ends the client, and keeps what was typed for the next log-in', async () => {
    const { time, world, network, tab, client, room } = await opened();
    network.restart(2_000);
    await time.advance(100);
    await client.send(room.id, 'typed as it ended');
    client.saveDraft(room.id, { text: 'half a sentence', reply_to: undefined });
    network.accounts.revokeAll();
    await time.advance(60_000);
    expect(tab.sessions.store.getState()).toEqual({ status: 'signed_out', ended: true });
    const calls = network.called.length;
    await time.advance(600_000);
    expect(network.called).toHaveLength(calls);
    expect(time.waiting).toBe(0);

    tab.kill();
    world.logIn();
    const next = world.open();
    await time.advance(5_000);
    expect(room.messages.map(({ body }) => body)).toEqual(['typed as it ended']);
    expect(shown(next).drafts[room.id]?.text).toBe('half a sentence');
  });
});

describe('a device whose clock is hours off', () => {
  it('shows what is written now as written now', async () => {
    const time = virtualTime();
    time.clockError = -7 * 3_600_000;
    const world = new World(time, 1);
    const tab = world.open();
    await time.advance(1_000);
    world.network.restart(10_000);
    await tab.client.send(world.room(0).id, 'hello');
    await time.advance(100);
    const [waiting] = shown(tab).outbox[world.room(0).id] ?? [];
    expect(Math.abs((waiting?.written_at ?? 0) - time.now)).toBeLessThan(2_000);
  });
});
