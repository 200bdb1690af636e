import { describe, expect, it } from 'vitest';
import { opened, shown } from '../testing/world.ts';

/** A tab with a room that has so many messages, all read but the last ones. */
async function looking(n: number, unread = 0) {
  const world = await opened(1);
  const { time, room, server, network, client } = world;
  network.restart(1_000);
  world.world.write(room, n);
  server.markRead(world.world.me.id, room.id, n - unread);
  await time.advance(30_000);
  const window = () => client.store.getState().timelines[room.id];
  const numbers = () => {
    const messages = window()?.messages ?? [];
    return messages.length > 0 ? [messages[0]?.n, messages.at(-1)?.n] : [];
  };
  const until = async <T>(work: Promise<T>, milliseconds = 500): Promise<T> => {
    await time.advance(milliseconds);
    return work;
  };
  return { ...world, window, numbers, until };
}

describe('a room that is opened', () => {
  it('shows its end', async () => {
    const { time, client, room, window, numbers } = await looking(900);
    client.open(room.id);
    await time.advance(500);
    expect(numbers()).toEqual([851, 900]);
    expect(window()).toMatchObject({ at_end: true, loading: undefined });
  });

  it('shows its end with all that is unread, where that is not much', async () => {
    const { time, client, room, numbers } = await looking(900, 140);
    client.open(room.id);
    await time.advance(500);
    expect(numbers()).toEqual([741, 900]);
  });

  it('shows what is around the first unread message, where much is unread', async () => {
    const { time, client, room, window, numbers } = await looking(900, 500);
    client.open(room.id);
    await time.advance(500);
    expect(numbers()).toEqual([351, 450]);
    expect(window()?.at_end).toBe(false);
  });

  it('shows a short room as a whole, and fetches nothing for an empty one', async () => {
    const short = await looking(3);
    short.client.open(short.room.id);
    await short.time.advance(500);
    expect(short.numbers()).toEqual([1, 3]);
    const empty = await looking(0);
    const calls = empty.network.called.length;
    empty.client.open(empty.room.id);
    await empty.time.advance(500);
    expect(empty.window()).toMatchObject({ messages: [], at_end: true, loading: undefined });
    expect(empty.network.called).toHaveLength(calls);
  });

  it('fetches nothing when it is opened again', async () => {
    const { time, client, room, network, numbers } = await looking(900);
    const close = client.open(room.id);
    await time.advance(500);
    close();
    const calls = network.called.length;
    client.open(room.id);
    expect(numbers()).toEqual([851, 900]);
    await time.advance(500);
    expect(network.called).toHaveLength(calls);
  });

  it('begins at its end again after somebody looked at something old', async () => {
    const { time, client, room, until, window, numbers } = await looking(900);
    const close = client.open(room.id);
    await time.advance(500);
    await until(client.jumpTo(room.id, 300));
    expect(numbers()).toEqual([250, 349]);
    close();
    client.open(room.id);
    await time.advance(500);
    expect(window()?.at_end).toBe(true);
  });

  it('reaches its end also while it moves on by more than a page', async () => {
    const { time, client, room, world, decide, window } = await looking(900);
    decide('late');
    client.open(room.id);
    for (let second = 0; second < 3; second += 1) {
      world.write(room, 90);
      await time.advance(1_000);
    }
    await time.advance(500);
    expect(window()).toMatchObject({ at_end: true, loading: undefined });
    expect(window()?.messages.at(-1)?.n).toBe(1_170);
  });

  it('is kept for a while after it was looked at, and not for ever', async () => {
    const { time, client, world, state } = await opened(20);
    for (const room of world.rooms) world.write(room, 1);
    await time.advance(500);
    for (const room of world.rooms) client.open(room.id)();
    await time.advance(500);
    const kept = world.rooms.slice(-12).map(({ id }) => id);
    expect(Object.keys(state().timelines).sort()).toEqual(kept.sort());
  });

  it('is kept as long as anybody looks at it', async () => {
    const { time, client, world, state } = await opened(20);
    const [first] = world.rooms;
    client.open(first?.id ?? '');
    client.open(first?.id ?? '')();
    for (const room of world.rooms.slice(1)) client.open(room.id)();
    await time.advance(500);
    expect(state().timelines).toHaveProperty(first?.id ?? '');
  });
});

describe('scrolling', () => {
  it('up reaches the beginning, page by page, and stops there', async () => {
    const { time, client, room, until, numbers, network } = await looking(250);
    client.open(room.id);
    await time.advance(500);
    for (let page = 0; page < 4; page += 1) await until(client.loadOlder(room.id));
    expect(numbers()).toEqual([1, 250]);
    const calls = network.called.length;
    await until(client.loadOlder(room.id));
    expect(network.called).toHaveLength(calls);
  });

  it('asks for a page once, however often it is asked to', async () => {
    const { time, client, room, network, window } = await looking(900);
    client.open(room.id);
    await time.advance(500);
    const calls = network.called.length;
    for (let time_ = 0; time_ < 10; time_ += 1) void client.loadOlder(room.id);
    await time.advance(500);
    expect(network.called).toHaveLength(calls + 1);
    expect(window()?.messages).toHaveLength(150);
  });

  it('down from something old reaches the end, and new messages follow there', async () => {
    const { time, client, room, world, until, window, numbers } = await looking(900);
    client.open(room.id);
    await time.advance(500);
    await until(client.jumpTo(room.id, 650));
    for (let page = 0; page < 3; page += 1) await until(client.loadNewer(room.id));
    expect(window()?.at_end).toBe(true);
    world.write(room, 1);
    await time.advance(100);
    expect(numbers()[1]).toBe(901);
  });

  it('to the end is immediate where it is known', async () => {
    const { time, client, room, world, until, window, numbers } = await looking(900);
    client.open(room.id);
    await time.advance(500);
    world.write(room, 60);
    await time.advance(100);
    await until(client.jumpTo(room.id, 100));
    void client.jumpToEnd(room.id);
    await time.advance(20);
    expect(numbers()).toEqual([911, 960]);
    expect(window()?.at_end).toBe(true);
  });

  it('to a message that does not exist goes to the nearest one', async () => {
    const { time, client, room, until, numbers } = await looking(900);
    client.open(room.id);
    await time.advance(500);
    await until(client.jumpTo(room.id, 5_000));
    expect(numbers()[1]).toBe(900);
    await until(client.jumpTo(room.id, -5));
    expect(numbers()[0]).toBe(1);
  });

  it('goes where the last jump wanted, whatever arrives when', async () => {
    const { time, client, room, decide, numbers, window } = await looking(900);
    client.open(room.id);
    await time.advance(500);
    decide('late', 'answered');
    void client.jumpTo(room.id, 100);
    void client.jumpTo(room.id, 600);
    await time.advance(10_000);
    expect(numbers()).toEqual([550, 649]);
    expect(window()?.loading).toBeUndefined();
  });
});

describe('a fetch that fails', () => {
  it('says why, keeps what is shown, and works when it is tried again', async () => {
    const { time, client, room, decide, until, window, numbers } = await looking(900);
    client.open(room.id);
    await time.advance(500);
    decide('bad_gateway');
    await until(client.loadOlder(room.id));
    expect(window()).toMatchObject({ loading: undefined, failure: { code: 'unavailable' } });
    expect(numbers()).toEqual([851, 900]);
    await until(client.loadOlder(room.id));
    expect(window()?.failure).toBeUndefined();
    expect(numbers()).toEqual([751, 900]);
  });

  it('without a network is tried again with the next connection', async () => {
    const { time, tab, world, network, room } = await looking(900, 500);
    tab.kill();
    network.restart(10_000);
    const next = world.open();
    next.client.open(room.id);
    await time.advance(5_000);
    expect(shown(next).timelines[room.id]).toMatchObject({
      loading: undefined,
      failure: { code: 'network' },
    });
    await time.advance(60_000);
    expect(shown(next).timelines[room.id]).toMatchObject({ failure: undefined, messages: { 0: { n: 351 } } });
  });
});

describe('a window that is looked at', () => {
  it('stays where it is when the room was fetched anew behind it', async () => {
    const { time, client, room, world, network, numbers, window, until } = await looking(900);
    network.settings.mostReplayed = 8;
    client.open(room.id);
    await time.advance(500);
    network.cut();
    world.write(room, 300);
    await time.advance(10_000);
    expect(numbers()).toEqual([851, 900]);
    expect(window()?.at_end).toBe(false);
    for (let page = 0; page < 4; page += 1) await until(client.loadNewer(room.id));
    expect(numbers()).toEqual([851, 1_200]);
    expect(window()?.at_end).toBe(true);
  });

  it('belongs to one life of its room', async () => {
    const { time, client, room, world, server, decide, window } = await looking(20);
    client.open(room.id);
    await time.advance(500);
    decide('late');
    void client.jumpTo(room.id, 1);
    server.remove(room, world.anna.id, world.me.id);
    server.add(room, world.anna.id, world.me.id);
    await time.advance(10_000);
    expect(window()).toMatchObject({ at_end: true, loading: undefined, failure: undefined });
    expect(window()?.messages).toHaveLength(20);
  });
});
