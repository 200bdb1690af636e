import { getRouteApi } from '@tanstack/react-router';
import { ClientProvider } from './client_context.tsx';
import { Shell } from './shell/shell.tsx';

const route = getRouteApi('/signed-in');

/** The pages of one person, who is another one after logging out and in: nothing is taken over. */
export function SignedIn() {
  const { client } = route.useRouteContext();
  return (
    <ClientProvider value={client}>
      <Shell key={client.store.getState().me.id} />
    </ClientProvider>
  );
}
