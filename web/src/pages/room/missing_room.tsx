import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { CloudAlert, DoorOpen, Ghost } from 'lucide-react';
import type { ReactNode } from 'react';
import { useClient, useLive } from '#/app/client_context.tsx';
import { usePageTitle } from '#/app/document_title.ts';
import { failureText } from '#/app/failure_text.ts';
import { stranded } from '#/app/stranded.ts';
import { Button, buttonClass } from '#/components/button.tsx';
import { EmptyState } from '#/components/empty_state.tsx';
import { SkeletonRows } from '#/components/skeleton.tsx';
import { ApiError } from '#/core/api/error.ts';
import { getRoom } from '#/core/generated/rest/index.ts';
import type { RoomId } from '#/core/model.ts';
import { useText } from '#/i18n/text.ts';
import { JoinButton } from './join_button.tsx';

/** The address of a room that the person is not in: gone, open to all, or not for them. */
export function MissingRoom({ roomId }: { roomId: RoomId }) {
  const t = useText();
  const client = useClient();
  const departed = useLive((state) => state.departed[roomId]);
  const unsent = useLive((state) => stranded(state).some((entry) => entry.room === roomId));
  const found = useQuery({
    queryKey: ['room', roomId],
    queryFn: () => getRoom({ client: client.api, path: { room_id: roomId } }),
    staleTime: 0,
  });

  if (found.data && (departed === undefined || departed.why === 'left'))
    return (
      <Whole icon={<DoorOpen />} title={found.data.title} actions={<JoinButton room={found.data} />}>
        <p className="font-medium text-ink">{t('rooms:preview_title')}</p>
        {found.data.topic && <p dir="auto">{found.data.topic}</p>}
        <p>{t('members', { count: found.data.member_count })}</p>
      </Whole>
    );
  if (departed)
    return (
      <Gone title={t(`rooms:gone_${departed.why}_title`, { title: departed.title })} unsent={unsent}>
        {t('rooms:gone_text')}
      </Gone>
    );
  if (found.isPending)
    return <SkeletonRows count={6} className="mx-auto w-full max-w-3xl flex-1 overflow-hidden p-6" />;
  if (found.error instanceof ApiError && !found.error.passing)
    return (
      <Gone title={t('rooms:gone_unknown_title')} unsent={unsent}>
        {t('rooms:gone_unknown')}
      </Gone>
    );
  return (
    <Whole
      icon={<CloudAlert />}
      title={t('something_failed')}
      actions={
        <Button variant="primary" busy={found.isFetching} onClick={() => found.refetch()}>
          {t('retry')}
        </Button>
      }
    >
      {failureText(found.error, t)}
    </Whole>
  );
}

function Gone({ title, unsent, children }: { title: string; unsent: boolean; children: ReactNode }) {
  const t = useText();
  return (
    <Whole
      icon={<Ghost />}
      title={title}
      actions={
        <>
          {unsent && (
            <Link to="/unsent" className={buttonClass({ variant: 'primary' })}>
              {t('rooms:see_unsent')}
            </Link>
          )}
          <Link to="/" className={buttonClass({ variant: unsent ? 'secondary' : 'primary' })}>
            {t('back_to_rooms')}
          </Link>
        </>
      }
    >
      <p>{children}</p>
      {unsent && <p className="mt-2">{t('rooms:gone_unsent')}</p>}
    </Whole>
  );
}

interface WholeProps {
  icon: ReactNode;
  title: string;
  actions: ReactNode;
  children: ReactNode;
}

function Whole({ icon, title, actions, children }: WholeProps) {
  usePageTitle(title);
  return (
    <div className="flex flex-1 items-center justify-center overflow-y-auto" role="status">
      <EmptyState heading="h1" icon={icon} title={title} actions={actions}>
        {children}
      </EmptyState>
    </div>
  );
}
