/** Renders a part of the page in jsdom, with a client and a height, which jsdom's elements do not have. */
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import {
  createMemoryHistory,
  createRootRoute,
  createRouter,
  RouterContextProvider,
} from '@tanstack/react-router';
import { type RenderResult, render } from '@testing-library/react';
import type { ReactNode } from 'react';
import { vi } from 'vitest';
import { ClientProvider } from '#/app/client_context.tsx';
import type { Client } from '#/core/client.ts';

export function show(client: Client, children: ReactNode): RenderResult {
  const router = createRouter({ routeTree: createRootRoute(), history: createMemoryHistory() });
  return render(
    <RouterContextProvider router={router as never}>
      <QueryClientProvider client={new QueryClient({ defaultOptions: { queries: { retry: false } } })}>
        <ClientProvider value={client}>{children}</ClientProvider>
      </QueryClientProvider>
    </RouterContextProvider>,
  );
}

/** A page of 600 pixels whose rows have 40 each, and which somebody looks at. */
export function layOut(): void {
  vi.spyOn(HTMLElement.prototype, 'clientHeight', 'get').mockReturnValue(600);
  vi.spyOn(HTMLElement.prototype, 'clientWidth', 'get').mockReturnValue(800);
  vi.spyOn(HTMLElement.prototype, 'offsetHeight', 'get').mockReturnValue(40);
  vi.spyOn(document, 'hasFocus').mockReturnValue(true);
}
