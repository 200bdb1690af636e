import { CSPProvider } from '@base-ui/react/csp-provider';
import { QueryClientProvider } from '@tanstack/react-query';
import { createMemoryHistory, RouterProvider } from '@tanstack/react-router';
import { render } from '@testing-library/react';
import { ClientKeeper } from '#/app/client_keeper.ts';
import { makeQueryClient } from '#/app/query_client.ts';
import { makeRouter } from '#/app/router.tsx';
import { ToastPlace } from '#/components/toast.tsx';
import type { Client } from '#/core/client.ts';
import type { Sessions } from '#/core/session.ts';
import { startTranslation } from '#/i18n/index.ts';
import { fakeClient } from './fake_client.ts';
import { fakeSessions } from './fake_sessions.ts';

/** The app at an address, with fakes behind it. */
export async function renderApp(
  path: string,
  { sessions = fakeSessions(), client = fakeClient() }: { sessions?: Sessions; client?: Client } = {},
) {
  await startTranslation();
  const keeper = new ClientKeeper(sessions, () => client);
  const router = makeRouter({ sessions, keeper }, createMemoryHistory({ initialEntries: [path] }));
  await router.load();
  const shown = render(
    <CSPProvider disableStyleElements>
      <QueryClientProvider client={makeQueryClient()}>
        <RouterProvider router={router} />
        <ToastPlace />
      </QueryClientProvider>
    </CSPProvider>,
  );
  return { ...shown, router, sessions, client };
}
