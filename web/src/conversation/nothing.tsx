import { Link } from '@tanstack/react-router';
import { CloudOff, SearchX } from 'lucide-react';
import { useClient, useLive } from '#/app/client_context.tsx';
import { failureText } from '#/app/failure_text.ts';
import { Button, buttonClass } from '#/components/button.tsx';
import { EmptyState } from '#/components/empty_state.tsx';
import type { Failure } from '#/core/model.ts';
import { useText } from '#/i18n/text.ts';
import { LoadingTimeline } from './loading.tsx';

/** A room that the person is not in, or not known yet. */
export function NoRoom() {
  const t = useText();
  const client = useClient();
  const ready = useLive((state) => state.ready);
  const failure = useLive((state) => state.failure);
  if (!ready) {
    return failure ? <NoTimeline failure={failure} retry={() => client.reconnect()} /> : <LoadingTimeline />;
  }
  return (
    <main className="flex flex-1 items-center justify-center">
      <EmptyState
        icon={<SearchX />}
        title={t('conversation:no_room')}
        actions={
          <Link to="/rooms" className={buttonClass({ variant: 'primary' })}>
            {t('common:back_to_rooms')}
          </Link>
        }
      >
        {t('conversation:no_room_hint')}
      </EmptyState>
    </main>
  );
}

/** The messages could not be fetched, and there are none to show. */
export function NoTimeline({ failure, retry }: { failure: Failure; retry: () => void }) {
  const t = useText();
  return (
    <div role="alert" className="flex min-h-0 flex-1 items-center justify-center">
      <EmptyState
        icon={<CloudOff />}
        title={t('conversation:not_fetched')}
        actions={
          <Button variant="primary" onClick={retry}>
            {t('common:retry')}
          </Button>
        }
      >
        {failureText(failure, t)}
      </EmptyState>
    </div>
  );
}
