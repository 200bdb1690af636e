/** Where the pages meet the core: the only place that makes what they speak to. */
import { browserClient, browserSessions } from '#/core/browser.ts';
import { ClientKeeper } from './client_keeper.ts';

export function start() {
  const sessions = browserSessions();
  return { sessions, keeper: new ClientKeeper(sessions, browserClient) };
}
