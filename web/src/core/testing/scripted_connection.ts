import { vi } from 'vitest';
import { Connection } from '../connection.ts';
import type { ServerFrame } from '../generated/frames.ts';
import type { ConnectionState } from '../model.ts';
import { FakeSocket } from './fake_socket.ts';
import { virtualTime } from './world.ts';

export const HEARTBEAT = 25_000;
export const WELCOME: ServerFrame = {
  t: 'welcome',
  epoch: 'e',
  connection: 'c',
  user: 'u',
  rooms: {},
  gone: [],
  heartbeat_ms: HEARTBEAT,
};

/** A connection whose other end is played by the test. */
export function scriptedConnection() {
  const time = virtualTime();
  const random = vi.spyOn(Math, 'random').mockReturnValue(0.5);
  const sockets: FakeSocket[] = [];
  const states: ConnectionState[] = [];
  const frames: ServerFrame[] = [];
  const failures: string[] = [];
  const access = {
    ticket: vi.fn(async () => 'ticket'),
    freshToken: vi.fn(async () => 'token'),
    openSocket: () => {
      const socket = new FakeSocket();
      sockets.push(socket);
      return socket;
    },
  };
  const welcome = vi.fn();
  const talk = new Connection(access, {
    hello: async () => ({ rooms: {} }),
    welcome,
    frame: (frame) => frames.push(frame),
    state: (state) => states.push(state),
    failed: ({ code }) => failures.push(code),
  });
  const last = () => {
    const socket = sockets.at(-1);
    if (!socket) throw new Error('no socket was opened');
    return socket;
  };
  const goesOnline = async () => {
    await time.settle();
    last().happens('open');
    last().says(WELCOME);
  };
  /** When the next attempt is, in milliseconds from now. */
  const pause = () => {
    const state = states.at(-1);
    return state?.status === 'waiting' ? state.retry_at - performance.now() : undefined;
  };
  const begins = async () => {
    talk.start();
    await goesOnline();
  };
  return {
    time,
    random,
    sockets,
    states,
    frames,
    failures,
    access,
    welcome,
    talk,
    last,
    goesOnline,
    pause,
    begins,
  };
}
