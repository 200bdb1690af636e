/**
 * One conversation without a server, for measuring it and looking at it. The query of the address says what is
 * played: see `scenes.ts`. `window.stage` gives the hands.
 */
import '#/styles/app.css';
import { QueryClientProvider } from '@tanstack/react-query';
import {
  createMemoryHistory,
  createRootRoute,
  createRoute,
  createRouter,
  RouterProvider,
} from '@tanstack/react-router';
import { Profiler, StrictMode, useState } from 'react';
import { createRoot } from 'react-dom/client';
import { useStore } from 'zustand';
import { ClientProvider } from '#/app/client_context.tsx';
import { makeQueryClient } from '#/app/query_client.ts';
import { ToastPlace } from '#/components/toast.tsx';
import { Conversation } from '#/conversation/conversation.tsx';
import { chooseLanguage, startTranslation } from '#/i18n/index.ts';
import { RoomHeader } from '#/pages/room/room_header.tsx';
import { type FakeClient, makeFakeClient } from '../fakes/client.ts';
import { ROOM } from '../fakes/messages.ts';
import { scenes } from './scenes.ts';

interface Stage {
  client: FakeClient;
  /** Commits of React, and the milliseconds that they took. */
  commits: number;
  spent: number;
  show: (n: number) => void;
}

declare global {
  interface Window {
    stage: Stage;
  }
}

const query = new URLSearchParams(location.search);
const scene = scenes[query.get('scene') ?? 'plain'] ?? scenes.plain;
const client = makeFakeClient(scene?.options(query) ?? {});
const stage: Stage = { client, commits: 0, spent: 0, show: () => {} };
window.stage = stage;
scene?.play?.(client);

function Page() {
  const [n, show] = useState<number>();
  const room = useStore(client.store, (state) => state.rooms[ROOM]);
  stage.show = show;
  return (
    <Profiler
      id="conversation"
      onRender={(_id, _phase, duration) => {
        stage.commits += 1;
        stage.spent += duration;
      }}
    >
      <main className="flex h-full flex-col">
        {room && <RoomHeader room={room} />}
        <Conversation roomId={ROOM} n={n ?? (query.has('n') ? Number(query.get('n')) : undefined)} />
      </main>
    </Profiler>
  );
}

const rootRoute = createRootRoute({ component: Page });
const router = createRouter({
  routeTree: rootRoute.addChildren([
    createRoute({ getParentRoute: () => rootRoute, path: '/' }),
    createRoute({ getParentRoute: () => rootRoute, path: '/rooms/$roomId/members' }),
    createRoute({ getParentRoute: () => rootRoute, path: '/rooms/$roomId/settings' }),
  ]),
  history: createMemoryHistory({ initialEntries: ['/'] }),
});

await startTranslation();
if (query.get('lang') === 'uk') await chooseLanguage('uk');
const root = document.getElementById('root');
if (root) {
  createRoot(root).render(
    <StrictMode>
      <QueryClientProvider client={makeQueryClient()}>
        <ClientProvider value={client}>
          <RouterProvider router={router as never} />
          <ToastPlace />
        </ClientProvider>
      </QueryClientProvider>
    </StrictMode>,
  );
}
