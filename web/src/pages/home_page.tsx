import { useNavigate } from '@tanstack/react-router';
import { useEffect } from 'react';
import { useClient } from '#/app/client_context.tsx';
import { usePageTitle } from '#/app/document_title.ts';
import { lastRoom } from '#/app/remembered.ts';
import { useWide } from '#/app/use_wide.ts';
import { Keys } from '#/components/keys.tsx';
import { Mark } from '#/components/mark.tsx';
import { useText } from '#/i18n/text.ts';

/** Leads to the room that was open last. On phones the list of rooms is the start instead. */
export function HomePage() {
  const t = useText();
  const client = useClient();
  const navigate = useNavigate();
  const wide = useWide();
  usePageTitle('');

  useEffect(() => {
    const { me, rooms, ready } = client.store.getState();
    const roomId = lastRoom(me.id).get();
    if (!wide || roomId === undefined || (ready && !rooms[roomId])) return;
    void navigate({ to: '/rooms/$roomId', params: { roomId }, replace: true });
  }, [client, navigate, wide]);

  return (
    <div className="flex flex-1 flex-col items-center justify-center px-6 text-center">
      <Mark className="size-12 text-accent" />
      <h1 className="mt-5 font-semibold text-lg">{t('shell:welcome_title')}</h1>
      <p className="mt-1.5 max-w-xs text-pretty text-ink-soft leading-6">{t('shell:welcome')}</p>
      <p className="mt-4 flex items-center gap-2 text-ink-faint">
        <Keys keys="Mod+K" />
        {t('keys:switcher')}
      </p>
    </div>
  );
}
