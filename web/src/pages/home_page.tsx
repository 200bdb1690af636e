import { useNavigate } from '@tanstack/react-router';
import { useEffect } from 'react';
import { Trans } from 'react-i18next';
import { useClient } from '#/app/client_context.tsx';
import { usePageTitle } from '#/app/document_title.ts';
import { lastRoom } from '#/app/remembered.ts';
import { Keys } from '#/components/keys.tsx';
import { Mark } from '#/components/mark.tsx';
import { useText } from '#/i18n/text.ts';

/** From this width on the rooms and a room are beside each other. */
const WIDE = '(min-width: 48rem)';

/** Leads to the room that was open last. On phones the list of rooms is the start instead. */
export function HomePage() {
  const t = useText();
  const client = useClient();
  const navigate = useNavigate();
  usePageTitle('');

  useEffect(() => {
    const wide = window.matchMedia(WIDE);
    const go = () => {
      const { me, rooms, ready } = client.store.getState();
      const roomId = lastRoom(me.id).get();
      if (!wide.matches || roomId === undefined || (ready && !rooms[roomId])) return;
      void navigate({ to: '/rooms/$roomId', params: { roomId }, replace: true });
    };
    go();
    wide.addEventListener('change', go);
    return () => wide.removeEventListener('change', go);
  }, [client, navigate]);

  return (
    <div className="flex flex-1 flex-col items-center justify-center px-6 text-center">
      <Mark className="size-12 text-accent" />
      <h1 className="mt-5 font-semibold text-lg">{t('shell:welcome_title')}</h1>
      <p className="mt-1.5 max-w-xs text-pretty text-ink-soft leading-6">
        <Trans t={t} i18nKey="shell:welcome" components={{ keys: <Keys keys="Mod+K" /> }} />
      </p>
    </div>
  );
}
