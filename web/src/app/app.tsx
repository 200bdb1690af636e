import { CSPProvider } from '@base-ui/react/csp-provider';
import { DirectionProvider } from '@base-ui/react/direction-provider';
import { Tooltip } from '@base-ui/react/tooltip';
import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ToastProvider } from '#/components/toast.tsx';
import { makeQueryClient } from './query_client.ts';
import { username } from './remembered.ts';
import { makeRouter, type RouterContext } from './router.tsx';
import { UpdateNotice } from './update_notice.tsx';

export function App({ sessions, keeper }: RouterContext) {
  const [queries] = useState(makeQueryClient);
  const [router] = useState(() => makeRouter({ sessions, keeper }));
  const { i18n } = useTranslation();

  useEffect(() => {
    rememberWho();
    return sessions.store.subscribe((now, before) => {
      rememberWho();
      const same =
        now.status === before.status && (now.status === 'signed_out' || now.user.id === whoIn(before));
      if (same) return;
      // What was fetched for one person is not for the next one.
      queries.clear();
      void router.invalidate();
    });

    function rememberWho() {
      const session = sessions.store.getState();
      if (session.status === 'signed_in') username.set(session.user.username);
      else if (!session.ended) username.set(undefined);
    }
  }, [sessions, queries, router]);

  return (
    <CSPProvider disableStyleElements>
      <DirectionProvider direction={i18n.dir()}>
        <QueryClientProvider client={queries}>
          <Tooltip.Provider delay={500}>
            <ToastProvider>
              <RouterProvider router={router} />
              <UpdateNotice />
            </ToastProvider>
          </Tooltip.Provider>
        </QueryClientProvider>
      </DirectionProvider>
    </CSPProvider>
  );
}

function whoIn(session: ReturnType<RouterContext['sessions']['store']['getState']>) {
  return session.status === 'signed_in' ? session.user.id : undefined;
}
