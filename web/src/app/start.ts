/** Where the pages meet the core: the only place that makes what they speak to. */
import { fakeClient } from '../../tests/fakes/fake_client.ts';
import { fakeSessions } from '../../tests/fakes/fake_sessions.ts';
import { ClientKeeper } from './client_keeper.ts';

export function start() {
  const sessions = fakeSessions();
  const keeper = new ClientKeeper(sessions, () => fakeClient());
  Object.assign(window, { chappe: { sessions, keeper } });
  return { sessions, keeper };
}
