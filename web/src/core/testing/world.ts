/** Everything of one scenario: a server, its people, the network, and the browser of `me`. */
import { onTestFinished, vi } from 'vitest';
import type { LiveState, User } from '../model.ts';
import { Device, type Tab } from './device.ts';
import type { CallFate, Fates } from './fates.ts';
import { type ModelRoom, ModelServer } from './model_server.ts';
import { Network } from './network.ts';
import { VirtualTime } from './virtual_time.ts';

export class World {
  readonly time: VirtualTime;
  readonly server: ModelServer;
  readonly network: Network;
  readonly device: Device;
  readonly me: User;
  readonly anna: User;
  readonly rooms: ModelRoom[] = [];

  constructor(time: VirtualTime, rooms: number) {
    this.time = time;
    this.server = new ModelServer(() => time.now);
    this.network = new Network(this.server);
    this.device = new Device(this.network);
    this.anna = this.server.person('anna');
    this.me = this.server.person('me');
    for (let room = 0; room < rooms; room += 1) this.openRoom();
    this.logIn();
  }

  room(index: number): ModelRoom {
    const room = this.rooms[index];
    if (!room) throw new Error(`there is no room ${index}`);
    return room;
  }

  openRoom(): ModelRoom {
    const room = this.server.open(`Room ${this.rooms.length}`, this.anna.id, [this.me.id]);
    this.rooms.push(room);
    return room;
  }

  logIn(): void {
    this.device.kept = this.network.accounts.logIn(this.me.id);
  }

  decide(fates: Partial<Fates>): void {
    this.network.decide(fates);
    this.device.decide(fates);
  }

  /** Anna writes. */
  write(room: ModelRoom, times = 1): void {
    for (let time = 0; time < times; time += 1)
      this.server.send(this.anna.id, this.server.id(), room.id, `${room.messages.length + 1} by anna`);
  }

  open(): Tab {
    return this.device.open();
  }
}

/** Replaces time, for one test. */
export function virtualTime(): VirtualTime {
  const time = new VirtualTime();
  time.install();
  onTestFinished(() => {
    vi.unstubAllGlobals();
    vi.restoreAllMocks();
  });
  return time;
}

/** What a tab shows. */
export function shown(tab: Tab): LiveState {
  return tab.client.store.getState();
}

/** A tab that is online, in a world of its own. */
export async function opened(rooms = 2) {
  const time = virtualTime();
  const world = new World(time, rooms);
  const tab = world.open();
  await time.advance(1_000);
  const room = world.room(0);
  const state = () => shown(tab);
  const here = () => state().rooms[room.id];
  const decide = (...calls: CallFate[]) => world.network.decide({ calls });
  return {
    time,
    world,
    server: world.server,
    network: world.network,
    tab,
    client: tab.client,
    room,
    state,
    here,
    decide,
  };
}
