import { createStore } from 'zustand/vanilla';
import { logIn, register } from '#/core/generated/rest/index.ts';
import type { SessionState, Sessions } from '#/core/session.ts';
import { fakeApi } from './fake_server.ts';
import { ada } from './fake_world.ts';

export function fakeSessions(initial: SessionState = { status: 'signed_in', user: ada }): Sessions {
  const store = createStore<SessionState>(() => initial);
  const api = fakeApi();
  return {
    store,
    api,
    register: async (account) => {
      const { user } = await register({ client: api, body: account });
      store.setState({ status: 'signed_in', user }, true);
    },
    logIn: async (account) => {
      const { user } = await logIn({ client: api, body: account });
      store.setState({ status: 'signed_in', user }, true);
    },
    logOut: async () => store.setState({ status: 'signed_out', ended: false }, true),
    freshToken: async () => 'token',
    remember: (user) => store.setState({ status: 'signed_in', user }, true),
  };
}
