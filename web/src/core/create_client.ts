/** Puts the parts together for the person who is signed in. */
import type { Api } from './api/api.ts';
import type { Tabs } from './browser/tabs.ts';
import type { Client } from './client.ts';
import type { ServerClock } from './clock.ts';
import type { Access } from './connection.ts';
import { Connection } from './connection.ts';
import { type Frames, LiveStore } from './live_store.ts';
import type { LiveState, RoomId, User } from './model.ts';
import { KnownRooms } from './rooms/known_rooms.ts';
import { ReadPositions } from './rooms/read_positions.ts';
import { RoomFetches } from './rooms/room_fetches.ts';
import { Saver } from './rooms/saver.ts';
import { Sync } from './rooms/sync.ts';
import { Windows } from './rooms/windows.ts';
import type { Storage } from './storage/storage.ts';
import { Drafts } from './writing/drafts.ts';
import { Outbox } from './writing/outbox.ts';

/** What a client needs of the world. */
export interface World {
  readonly user: User;
  readonly api: Api;
  readonly access: Access;
  readonly storage: Storage;
  readonly tabs: Tabs;
  readonly clock: ServerClock;
  readonly frames: Frames;
}

export function createClient(world: World): Client {
  const { user, api, access, storage, tabs, clock } = world;
  const live = new LiveStore(initial(user, storage), world.frames);
  const roomListeners = new Set<(room: RoomId) => void>();

  const connection: Connection = new Connection(access, {
    hello: () => sync.hello(),
    welcome: (welcome) => sync.welcome(welcome),
    frame: (frame) => sync.frame(frame),
    state: (state) => live.change({ connection: state }),
    failed: (error) => sync.failed(error),
  });
  const reads = new ReadPositions(connection);
  const outbox = new Outbox(live, storage, tabs, connection, clock);
  const drafts = new Drafts(live, storage, tabs);
  const rooms: KnownRooms = new KnownRooms(live, user.id, {
    changed: (room) => {
      saver.changed(room);
      outbox.settled(room, rooms.get(room)?.seq ?? 0);
    },
    gone: (room) => {
      saver.gone(room);
      reads.forget(room);
      windows.forget(room);
      outbox.gone(room);
    },
    learned: (room) => {
      windows.show(room);
      fetches.fetchEnd(room);
    },
    arrived: (message) => outbox.arrived(message),
    reshaped: (room) => {
      for (const listener of roomListeners) listener(room);
    },
  });
  const saver: Saver = new Saver(live, storage, rooms, (room) => reads.isPending(room));
  const windows: Windows = new Windows(live, rooms, api, (messages) => {
    for (const message of messages) outbox.arrived(message);
  });
  const fetches: RoomFetches = new RoomFetches(api, rooms, {
    settled: () => sync.settled(),
    failed: (error) => sync.failed(error),
  });
  const sync: Sync = new Sync({
    connection,
    live,
    rooms,
    fetches,
    reads,
    saver,
    reborn: () => outbox.reborn(),
    online: () => {
      live.change({ failure: undefined });
      outbox.online();
      void outbox.changedElsewhere();
      windows.online();
    },
  });

  storage.onDurability((durability) => live.change({ durability }));
  tabs.listen((word) => {
    if (word.about === 'outbox') void outbox.changedElsewhere();
    else void drafts.changedElsewhere(word.room);
  });

  let stopping: Promise<void> | undefined;
  async function stop(): Promise<void> {
    reads.stop();
    outbox.stop();
    sync.stop();
    connection.stop();
    await flush();
    // What was typed meanwhile: the page may not be gone yet.
    await flush();
    tabs.close();
    storage.close();
  }

  async function flush(): Promise<void> {
    reads.flush();
    await Promise.all([drafts.flush(), saver.flush(), outbox.flush()]);
  }

  return {
    store: live.published,
    api,
    now: () => clock.now(),
    async start() {
      const saved = await storage.load();
      if (stopping) return;
      if (saved.epoch !== undefined) {
        sync.restore(saved.epoch);
        rooms.restore(saved.rooms);
        for (const { room, read_pending } of saved.rooms) if (read_pending) reads.move(room.id, room.read_n);
      }
      drafts.restore(saved.drafts);
      outbox.restore(saved.outbox);
      // The tab that has sent them was closed before it could say so.
      for (const message of saved.rooms.flatMap(({ tail }) => tail)) outbox.arrived(message);
      live.change({ me: user, ready: saved.complete });
      live.publish();
      connection.start();
    },
    stop() {
      stopping ??= stop();
      return stopping;
    },
    reconnect() {
      connection.reconnect();
      void outbox.changedElsewhere();
    },
    goOffline: () => connection.goOffline(),
    flush,
    open: (room) => windows.open(room),
    loadOlder: (room) => windows.loadOlder(room),
    loadNewer: (room) => windows.loadNewer(room),
    jumpTo: (room, n) => windows.jumpTo(room, n),
    jumpToEnd: (room) => windows.jumpToEnd(room),
    send: (room, body, reply_to) => outbox.send(room, body, reply_to),
    retry: (id) => outbox.retry(id),
    discard: (id) => outbox.discard(id),
    markRead(room, n) {
      const known = rooms.get(room);
      const upTo = Math.min(n, known?.n ?? 0);
      if (!known || upTo <= known.read_n) return;
      reads.move(room, upTo);
      rooms.moveRead(room, upTo);
    },
    noteReaders(room, readers) {
      if (!rooms.get(room)) return;
      const known = { ...live.state.readers[room] };
      for (const [reader, n] of readers) known[reader] = Math.max(known[reader] ?? 0, n);
      live.put('readers', room, known);
    },
    saveDraft: (room, draft) => drafts.save(room, draft),
    onRoomChanged(listener) {
      roomListeners.add(listener);
      return () => roomListeners.delete(listener);
    },
    updateMe: (me) => live.change({ me }),
    addRoom: (room) => void rooms.learn(room),
  };
}

function initial(me: User, storage: Storage): LiveState {
  return {
    connection: { status: 'connecting' },
    me,
    ready: false,
    failure: undefined,
    rooms: {},
    timelines: {},
    outbox: {},
    readers: {},
    drafts: {},
    departed: {},
    durability: storage.durability,
  };
}
