import { CSPProvider } from '@base-ui/react/csp-provider';
import { DirectionProvider } from '@base-ui/react/direction-provider';
import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ToastPlace } from '#/components/toast.tsx';
import { TooltipLayer } from '#/components/tooltip_layer.tsx';
import type { UserId } from '#/core/model.ts';
import type { SessionState } from '#/core/session.ts';
import { makeQueryClient } from './query_client.ts';
import { lastRoom, username } from './remembered.ts';
import { makeRouter, type RouterContext } from './router.tsx';
import { UpdateNotice } from './update_notice.tsx';

export function App({ sessions, keeper }: RouterContext) {
  const [queries] = useState(makeQueryClient);
  const [router] = useState(() => makeRouter({ sessions, keeper }));
  const { i18n } = useTranslation();

  useEffect(() => {
    remember(sessions.store.getState(), undefined);
    return sessions.store.subscribe((now, before) => {
      const left = whoIn(before);
      remember(now, left);
      if (now.status === before.status && whoIn(now) === left) return;
      // What was fetched for one person is not for the next one.
      queries.clear();
      // Who logs out is done with the page; who comes back after the end of a session goes on where they were.
      if (left !== undefined && now.status === 'signed_out' && !now.ended)
        void router.navigate({ to: '/login', replace: true });
      else void router.invalidate();
    });
  }, [sessions, queries, router]);

  return (
    <CSPProvider disableStyleElements>
      <DirectionProvider direction={i18n.dir()}>
        <QueryClientProvider client={queries}>
          <RouterProvider router={router} />
          <ToastPlace />
          <TooltipLayer />
          <UpdateNotice />
        </QueryClientProvider>
      </DirectionProvider>
    </CSPProvider>
  );
}

function whoIn(session: SessionState): UserId | undefined {
  return session.status === 'signed_in' ? session.user.id : undefined;
}

/** Who was here, for the next log-in; nothing after logging out. */
function remember(session: SessionState, left: UserId | undefined): void {
  if (session.status === 'signed_in') return username.set(session.user.username);
  if (session.ended) return;
  username.set(undefined);
  if (left !== undefined) lastRoom(left).set(undefined);
}
