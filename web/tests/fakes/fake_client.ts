import { createStore } from 'zustand/vanilla';
import type { Client } from '#/core/client.ts';
import type { LiveState, RoomState } from '#/core/model.ts';
import { fakeApi } from './fake_server.ts';
import { ada, rooms } from './fake_world.ts';

/** A client that is online and knows some rooms; what is given replaces parts of its state. */
export function fakeClient(state: Partial<LiveState> = {}): Client {
  const store = createStore<LiveState>(() => ({
    connection: { status: 'online' },
    me: ada,
    ready: true,
    failure: undefined,
    rooms: byId(rooms),
    timelines: {},
    outbox: {},
    readers: {},
    drafts: {},
    departed: {},
    durability: 'durable',
    ...state,
  }));
  return {
    store,
    api: fakeApi(),
    start: async () => {},
    stop: async () => {},
    reconnect: () => store.setState({ connection: { status: 'connecting' } }),
    goOffline: () => {},
    flush: async () => {},
    now: () => Date.now(),
    open: () => () => {},
    loadOlder: async () => {},
    loadNewer: async () => {},
    jumpTo: async () => {},
    jumpToEnd: async () => {},
    send: async () => {},
    retry: async () => {},
    discard: async (id) => {
      const { outbox } = store.getState();
      const found = Object.values(outbox)
        .flat()
        .find((entry) => entry?.id === id);
      if (found)
        store.setState({
          outbox: { ...outbox, [found.room]: outbox[found.room]?.filter((entry) => entry.id !== id) },
        });
      return found;
    },
    markRead: () => {},
    noteReaders: () => {},
    saveDraft: (room, draft) => store.setState({ drafts: { ...store.getState().drafts, [room]: draft } }),
    onRoomChanged: () => () => {},
    updateMe: (me) => store.setState({ me }),
    addRoom: (room) => {
      const known: RoomState = {
        ...room,
        topic: room.topic ?? undefined,
        peer: room.peer ?? undefined,
        role: room.my?.role ?? 'member',
        seq: room.head.seq,
        n: room.head.n,
        read_n: room.my?.read_n ?? 0,
        last_message: room.last_message ?? undefined,
      };
      store.setState({ rooms: { ...store.getState().rooms, [room.id]: known } });
    },
  };
}

export function byId(list: readonly RoomState[]): Record<string, RoomState> {
  return Object.fromEntries(list.map((room) => [room.id, room]));
}
