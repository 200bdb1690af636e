import { useParams } from '@tanstack/react-router';
import { CloudAlert, UserPlus } from 'lucide-react';
import { useState } from 'react';
import { useLive } from '#/app/client_context.tsx';
import { failureText } from '#/app/failure_text.ts';
import { mayAdd } from '#/app/roles.ts';
import { Page } from '#/app/shell/page.tsx';
import { Button } from '#/components/button.tsx';
import { EmptyState } from '#/components/empty_state.tsx';
import { SkeletonRows } from '#/components/skeleton.tsx';
import type { RoomState } from '#/core/model.ts';
import { useText } from '#/i18n/text.ts';
import { AddPeopleDialog } from './members/add_people_dialog.tsx';
import { MemberLine } from './members/member_line.tsx';
import { useMembers } from './members/use_members.ts';
import { MissingRoom } from './room/missing_room.tsx';

/** Who is in a room and what they may do. */
export function MembersPage() {
  const { roomId } = useParams({ from: '/signed-in/rooms/$roomId/members' });
  const room = useLive((state) => state.rooms[roomId]);
  const ready = useLive((state) => state.ready || state.failure !== undefined);
  if (room) return <Members room={room} />;
  return ready ? <MissingRoom roomId={roomId} /> : <SkeletonRows count={6} className="p-6" />;
}

function Members({ room }: { room: RoomState }) {
  const t = useText();
  const [adding, setAdding] = useState(false);
  const members = useMembers(room.id);
  const known = members.data?.pages.flatMap((page) => page.items);
  return (
    <Page
      title={t('rooms:members')}
      back={{ to: '/rooms/$roomId', params: { roomId: room.id } }}
      actions={
        mayAdd(room.kind, room.role) && (
          <Button
            size="sm"
            icon={<UserPlus className="size-4" aria-hidden="true" />}
            onClick={() => setAdding(true)}
          >
            {t('rooms:add_people')}
          </Button>
        )
      }
    >
      <p className="mb-3 text-ink-soft">
        <span dir="auto" className="wrap-anywhere font-medium text-ink">
          {room.title}
        </span>{' '}
        · {t('members', { count: room.member_count })}
      </p>
      {members.isPending && <SkeletonRows count={Math.min(8, room.member_count)} className="-mx-3" />}
      {members.error && !known && (
        <EmptyState
          icon={<CloudAlert />}
          title={t('something_failed')}
          actions={
            <Button busy={members.isFetching} onClick={() => members.refetch()}>
              {t('retry')}
            </Button>
          }
        >
          {failureText(members.error, t)}
        </EmptyState>
      )}
      {known && (
        <ul className="divide-y divide-line">
          {known.map((member) => (
            <MemberLine key={member.user.id} room={room} member={member} />
          ))}
        </ul>
      )}
      {members.hasNextPage && (
        <div className="mt-4 flex justify-center">
          <Button busy={members.isFetchingNextPage} onClick={() => members.fetchNextPage()}>
            {t('load_more')}
          </Button>
        </div>
      )}
      <AddPeopleDialog room={room} members={known ?? []} open={adding} onOpenChange={setAdding} />
    </Page>
  );
}
