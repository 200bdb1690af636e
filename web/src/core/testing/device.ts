/**
 * A browser: what the tabs of one person share. A tab that is killed leaves everything as it is at that moment: what it
 * was writing is not written, and its lock is free.
 */

import type { Tabs, Word } from '../browser/tabs.ts';
import type { Client } from '../client.ts';
import { ServerClock } from '../clock.ts';
import { createClient } from '../create_client.ts';
import { issueTicket } from '../generated/rest/sdk.gen.ts';
import type { Sessions } from '../session.ts';
import { createSessions, type Kept, type SessionPlace } from '../sessions/sessions.ts';
import { MemoryStorage } from '../storage/memory.ts';
import type { Storage } from '../storage/storage.ts';
import type { StepFate } from './fates.ts';
import type { Line, Network } from './network.ts';
import { VirtualLocks } from './virtual_locks.ts';

const BASE = 'http://chappe.test';
const SLOW = 300;
/** Milliseconds between two frames that are drawn. */
const FRAME = 16;

export class Device {
  readonly #network: Network;
  readonly storage: Storage = new MemoryStorage();
  readonly locks = new VirtualLocks();
  kept: Kept | undefined;
  readonly #steps: StepFate[] = [];
  readonly #tabs = new Set<Tab>();
  #named = 0;

  constructor(network: Network) {
    this.#network = network;
  }

  decide({ steps = [] }: { steps?: readonly StepFate[] }): void {
    this.#steps.splice(0, this.#steps.length, ...steps);
  }

  /** How long the next step of the database takes. */
  step(): number {
    return this.#steps.shift() === 'slow' ? SLOW : 0;
  }

  get tabs(): Tab[] {
    return [...this.#tabs];
  }

  /** Opens a tab of who is signed in. */
  open(): Tab {
    this.#named += 1;
    const tab = new Tab(`tab-${this.#named}`, this, this.#network.line());
    this.#tabs.add(tab);
    return tab;
  }

  closed(tab: Tab): void {
    this.#tabs.delete(tab);
    this.locks.sweep();
  }

  /** The other tabs hear of it a moment later. */
  others(tab: Tab, work: (other: Tab) => void): void {
    for (const other of this.#tabs) if (other !== tab) setTimeout(() => work(other), 1);
  }
}

export class Tab {
  readonly name: string;
  readonly line: Line;
  readonly sessions: Sessions;
  readonly client: Client;
  readonly #device: Device;
  readonly #listeners: ((word: Word) => void)[] = [];
  readonly #sessionListeners: (() => void)[] = [];
  readonly #release: () => void;
  #dead = false;
  /** Frames that were drawn. */
  frames = 0;
  wasOnline = false;

  constructor(name: string, device: Device, line: Line) {
    this.name = name;
    this.line = line;
    this.#device = device;
    this.#release = device.locks.hold(name);
    const clock = new ServerClock();
    this.sessions = createSessions({
      base: BASE,
      place: this.#place(),
      locks: device.locks.of(() => this.#dead),
      clock,
      fetch: line.fetch,
      forget: () => device.storage.clear(),
    });
    const session = this.sessions.store.getState();
    if (session.status !== 'signed_in') throw new Error('nobody is signed in');
    const { api } = this.sessions;
    this.client = createClient({
      user: session.user,
      api,
      storage: this.#storage(),
      tabs: this.#ownTabs(),
      clock,
      frames: (draw) => {
        setTimeout(() => {
          this.frames += 1;
          if (!this.#dead) draw();
        }, FRAME);
      },
      access: {
        ticket: async () => (await issueTicket({ client: api })).ticket,
        freshToken: () => this.sessions.freshToken(),
        openSocket: (ticket) => line.openSocket(ticket),
      },
    });
    this.client.store.subscribe(({ connection }) => {
      this.wasOnline ||= connection.status === 'online';
    });
    // As the program does.
    this.sessions.store.subscribe((now) => {
      if (now.status === 'signed_out' && !this.#dead) void this.client.stop();
    });
    void this.client.start();
  }

  get dead(): boolean {
    return this.#dead;
  }

  kill(): void {
    if (this.#dead) return;
    this.#dead = true;
    this.line.kill();
    this.#device.closed(this);
    this.#release();
  }

  /** The person closes it, and it has the time to write things down. */
  async close(): Promise<void> {
    await this.client.stop();
    this.kill();
  }

  hears(word: Word): void {
    if (!this.#dead) for (const listener of this.#listeners) listener(word);
  }

  #ownTabs(): Tabs {
    return {
      name: this.name,
      tell: (word) => {
        if (!this.#dead) this.#device.others(this, (other) => other.hears(word));
      },
      listen: (listener) => this.#listeners.push(listener),
      whenGone: async (tab, adopt) => {
        await this.#device.locks.of(() => this.#dead).request(tab, adopt);
      },
      close: () => this.#release(),
    };
  }

  #place(): SessionPlace {
    return {
      read: () => this.#device.kept,
      write: (kept) => {
        if (this.#dead) return;
        this.#device.kept = kept;
        this.#device.others(this, (other) => {
          if (!other.dead) for (const listener of other.#sessionListeners) listener();
        });
      },
      listen: (listener) => this.#sessionListeners.push(listener),
    };
  }

  /** The shared storage, one step after the other. */
  #storage(): Storage {
    const shared = this.#device.storage;
    let before: Promise<unknown> = Promise.resolve();
    const step = <T>(work: () => Promise<T>): Promise<T> => {
      const next = before.then(() => this.#patient(work));
      before = next;
      return next;
    };
    return {
      durability: 'durable',
      onDurability: () => {},
      load: () => step(() => shared.load()),
      saveRooms: (changes) => step(() => shared.saveRooms(changes)),
      loadOutbox: () => step(() => shared.loadOutbox()),
      putOutgoing: (outgoing) => step(() => shared.putOutgoing(outgoing)),
      removeOutgoing: (id) => step(() => shared.removeOutgoing(id)),
      loadDraft: (room) => step(() => shared.loadDraft(room)),
      saveDraft: (room, draft) => step(() => shared.saveDraft(room, draft)),
      clear: () => step(() => shared.clear()),
      close: () => {},
    };
  }

  #patient<T>(work: () => Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const begin = () => {
        if (!this.#dead) work().then(resolve, reject);
      };
      const wait = this.#device.step();
      if (wait === 0) begin();
      else setTimeout(begin, wait);
    });
  }
}
