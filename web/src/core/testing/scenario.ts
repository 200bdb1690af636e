/** What people and machines do in a scenario, in an order that a schedule decides. */
import fc from 'fast-check';
import type { RoomId } from '../model.ts';
import type { Tab } from './device.ts';
import { type Fates, fates } from './fates.ts';
import type { ModelRoom } from './model_server.ts';
import { shown, type World } from './world.ts';

/** Numbers choose among what there is at that moment. */
export type Action =
  | { readonly do: 'wait'; readonly ms: number }
  | { readonly do: 'anna_writes'; readonly room: number; readonly times: number }
  | { readonly do: 'anna_renames'; readonly room: number }
  | { readonly do: 'write'; readonly tab: number; readonly room: number }
  | { readonly do: 'type'; readonly tab: number; readonly room: number }
  | { readonly do: 'read'; readonly tab: number; readonly room: number; readonly back: number }
  | { readonly do: 'read_elsewhere'; readonly room: number; readonly back: number }
  | { readonly do: 'look'; readonly tab: number; readonly room: number }
  | { readonly do: 'scroll'; readonly tab: number; readonly room: number; readonly to: Scroll }
  | { readonly do: 'retry'; readonly tab: number }
  | { readonly do: 'discard'; readonly tab: number }
  | { readonly do: 'remove' | 'add' | 'delete'; readonly room: number }
  | { readonly do: 'new_room' | 'cut' | 'open_tab' | 'expire' | 'reconnect' }
  | { readonly do: 'restart' | 'drain'; readonly ms: number }
  | { readonly do: 'new_life'; readonly lost: number }
  | { readonly do: 'kill_tab' | 'close_tab' | 'cut_tab'; readonly tab: number }
  | { readonly do: 'busy'; readonly times: number };

type Scroll = 'older' | 'newer' | 'end' | number;

export interface Scenario {
  readonly actions: readonly Action[];
  readonly fates: Fates;
}

const small = fc.nat({ max: 5 });
const milliseconds = fc.oneof(fc.nat({ max: 100 }), fc.nat({ max: 3_000 }), fc.nat({ max: 40_000 }));

/** The world goes on: people write and read, sockets break. */
const ordinary: readonly fc.Arbitrary<Action>[] = [
  fc.record({ do: fc.constant('wait'), ms: milliseconds }),
  fc.record({ do: fc.constant('anna_writes'), room: small, times: fc.integer({ min: 1, max: 12 }) }),
  fc.record({ do: fc.constant('anna_renames'), room: small }),
  fc.record({ do: fc.constant('write'), tab: small, room: small }),
  fc.record({ do: fc.constant('write'), tab: small, room: small }),
  fc.record({ do: fc.constant('type'), tab: small, room: small }),
  fc.record({ do: fc.constant('read'), tab: small, room: small, back: small }),
  fc.record({ do: fc.constant('read_elsewhere'), room: small, back: small }),
  fc.record({ do: fc.constant('look'), tab: small, room: small }),
  fc.record({
    do: fc.constant('scroll'),
    tab: small,
    room: small,
    to: fc.oneof(fc.constantFrom<Scroll>('older', 'newer', 'end'), fc.integer({ min: 1, max: 40 })),
  }),
  fc.record({ do: fc.constantFrom('cut', 'reconnect', 'expire') }),
  fc.record({ do: fc.constantFrom('restart', 'drain'), ms: milliseconds }),
  fc.record({ do: fc.constant('busy'), times: small }),
];

const tabs: readonly fc.Arbitrary<Action>[] = [
  fc.record({ do: fc.constant('open_tab') }),
  fc.record({ do: fc.constantFrom('kill_tab', 'close_tab', 'cut_tab'), tab: small }),
];

const memberships: readonly fc.Arbitrary<Action>[] = [
  fc.record({ do: fc.constantFrom('remove', 'add', 'add', 'delete'), room: small }),
  fc.record({ do: fc.constant('new_room') }),
  fc.record({ do: fc.constantFrom('retry', 'discard'), tab: small }),
];

const lives: readonly fc.Arbitrary<Action>[] = [fc.record({ do: fc.constant('new_life'), lost: small })];

const KINDS = { ordinary, tabs, memberships, lives };

/** Schedules with these kinds of actions. */
export function scenarios(
  kinds: readonly (keyof typeof KINDS)[],
  frames: 'in_order' | 'hostile',
): fc.Arbitrary<Scenario> {
  const actions = kinds.flatMap((kind) => KINDS[kind]);
  return fc.record({
    actions: fc.array(fc.oneof(...actions), { maxLength: 50, size: 'max' }),
    fates: fates(frames),
  });
}

/** A message that the person has written. */
export interface Written {
  readonly text: string;
  readonly tab: string;
  readonly room: ModelRoom;
  /** Its tab was told that it is kept. */
  kept: boolean;
  /** The person took it back. */
  discarded: boolean;
  /** The person sent it again, behind others. */
  retried: boolean;
  /** The server had it, and lives from a backup now that has not. */
  lost: boolean;
}

/** What was typed last in a room, and not sent. */
export interface Typed {
  readonly text: string;
  readonly tab: string;
  readonly at: number;
  /** Another tab typed at the same time: either may be kept. */
  readonly disputed: boolean;
}

/** Milliseconds within which a draft is written down, also by a slow database. */
const WRITTEN_WITHIN = 3_000;

const NOTHING_YET = { kept: false, discarded: false, retried: false, lost: false };

/** Does what a scenario says, and notes what was written. */
export class Play {
  readonly world: World;
  readonly written: Written[] = [];
  readonly typed = new Map<RoomId, Typed>();
  readonly onTab: (tab: Tab) => void;
  /** Tabs that are being closed: what is typed there now may come too late. */
  readonly #closing = new Set<string>();
  #texts = 0;

  constructor(world: World, onTab: (tab: Tab) => void) {
    this.world = world;
    this.onTab = onTab;
  }

  async run({ actions, fates }: Scenario): Promise<void> {
    this.world.decide(fates);
    this.openTab();
    for (const action of actions) {
      this.#act(action);
      await this.world.time.advance(action.do === 'wait' ? action.ms : 20);
    }
  }

  openTab(): void {
    const { tabs, kept } = this.world.device;
    if (kept && tabs.length < 3) this.onTab(this.world.open());
  }

  #act(action: Action): void {
    const { world } = this;
    const { server, network, me, anna } = world;
    const room = 'room' in action ? at(world.rooms, action.room) : undefined;
    const tab = 'tab' in action ? at(world.device.tabs, action.tab) : undefined;
    switch (action.do) {
      case 'wait':
        return;
      case 'anna_writes':
        if (room && server.rooms.has(room.id)) world.write(room, action.times);
        return;
      case 'anna_renames':
        if (room && server.rooms.has(room.id)) server.rename(room, anna.id, `Room ${room.events.length}`);
        return;
      case 'write':
        if (room && tab) this.#write(tab, room);
        return;
      case 'type':
        if (room && tab) this.#type(tab, room);
        return;
      case 'read':
        if (room) tab?.client.markRead(room.id, (shown(tab).rooms[room.id]?.n ?? 0) - action.back);
        return;
      case 'read_elsewhere':
        if (room?.members.has(me.id)) server.markRead(me.id, room.id, room.messages.length - action.back);
        return;
      case 'look':
        if (room) tab?.client.open(room.id);
        return;
      case 'scroll':
        if (room && tab) scroll(tab, room, action.to);
        return;
      case 'retry':
      case 'discard':
        if (tab) void this.#decide(tab, action.do);
        return;
      case 'remove':
        if (room) server.remove(room, anna.id, me.id);
        return;
      case 'add':
        if (room && server.rooms.has(room.id)) server.add(room, anna.id, me.id);
        return;
      case 'delete':
        if (room && server.rooms.has(room.id)) server.delete(room, anna.id);
        return;
      case 'new_room':
        if (world.rooms.length < 6) world.openRoom();
        return;
      case 'cut':
        return network.cut();
      case 'reconnect':
        for (const each of world.device.tabs) each.client.reconnect();
        return;
      case 'expire':
        return network.accounts.expireAll();
      case 'restart':
        return network.restart(action.ms);
      case 'drain':
        return network.drain(action.ms);
      case 'new_life':
        return this.#newLife(action.lost);
      case 'open_tab':
        return this.openTab();
      case 'kill_tab':
        if (tab) this.#kill(tab);
        return;
      case 'close_tab':
        if (tab) this.#closing.add(tab.name);
        void tab?.close();
        return;
      case 'cut_tab':
        return tab?.line.cut();
      case 'busy':
        network.settings.busy = action.times;
    }
  }

  #write(tab: Tab, room: ModelRoom): void {
    const text = `${++this.#texts} by ${tab.name}`;
    const written = { text, tab: tab.name, room, ...NOTHING_YET };
    this.written.push(written);
    void tab.client.send(room.id, text).then(() => {
      written.kept = true;
    });
  }

  #type(tab: Tab, room: ModelRoom): void {
    const before = this.typed.get(room.id);
    const at = this.world.time.now;
    const together =
      before !== undefined && (before.tab !== tab.name || before.disputed) && at - before.at < WRITTEN_WITHIN;
    const disputed = together || this.#closing.has(tab.name);
    const text = `draft ${++this.#texts}`;
    this.typed.set(room.id, { text, tab: tab.name, at, disputed });
    tab.client.saveDraft(room.id, { text, reply_to: undefined });
  }

  /** What was typed just before may be lost with it. */
  #kill(tab: Tab): void {
    tab.kill();
    for (const [room, typed] of this.typed) {
      const isFresh = this.world.time.now - typed.at < WRITTEN_WITHIN;
      if (typed.tab === tab.name && isFresh) this.typed.set(room, { ...typed, disputed: true });
    }
  }

  async #decide(tab: Tab, what: 'retry' | 'discard'): Promise<void> {
    const failed = Object.values(shown(tab).outbox)
      .flatMap((outgoing) => outgoing ?? [])
      .find(({ state }) => state === 'failed');
    if (!failed) return;
    const written = this.written.find(({ text }) => text === failed.body);
    if (what === 'retry') {
      if (written) written.retried = true;
      return tab.client.retry(failed.id);
    }
    const taken = await tab.client.discard(failed.id);
    if (written && taken) written.discarded = true;
  }

  /** Not before every tab has met the first one: a first visit that spans two lives can't know. */
  #newLife(lost: number): void {
    const { server, network, device } = this.world;
    if (device.tabs.some((tab) => !tab.wasOnline)) return;
    const before = new Set([...server.sent.values()].map(({ body }) => body));
    server.restore(lost);
    network.cut();
    const after = new Set([...server.sent.values()].map(({ body }) => body));
    for (const written of this.written)
      if (before.has(written.text) && !after.has(written.text)) written.lost = true;
  }
}

function scroll(tab: Tab, room: ModelRoom, to: Scroll): void {
  const { client } = tab;
  if (to === 'older') void client.loadOlder(room.id);
  else if (to === 'newer') void client.loadNewer(room.id);
  else if (to === 'end') void client.jumpToEnd(room.id);
  else void client.jumpTo(room.id, Math.min(to, Math.max(1, room.messages.length)));
}

function at<T>(list: readonly T[], index: number): T | undefined {
  return list.length === 0 ? undefined : list[index % list.length];
}
