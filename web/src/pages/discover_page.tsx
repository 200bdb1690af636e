import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { CloudAlert, Compass, Plus, Search } from 'lucide-react';
import { useState } from 'react';
import { useClient, useLive } from '#/app/client_context.tsx';
import { failureText } from '#/app/failure_text.ts';
import { Page } from '#/app/shell/page.tsx';
import { useDelayed } from '#/app/use_delayed.ts';
import { Avatar } from '#/components/avatar.tsx';
import { Tag } from '#/components/badge.tsx';
import { Button, buttonClass } from '#/components/button.tsx';
import { EmptyState } from '#/components/empty_state.tsx';
import { SkeletonRows } from '#/components/skeleton.tsx';
import { TextField } from '#/components/text_field.tsx';
import { listPublicRooms, type Room } from '#/core/generated/rest/index.ts';
import { useText } from '#/i18n/text.ts';
import { JoinButton } from './room/join_button.tsx';

/** The rooms that anyone may join. */
export function DiscoverPage() {
  const t = useText();
  const client = useClient();
  const navigate = useNavigate();
  const search = useSearch({ from: '/signed-in/discover' });
  const [typed, setTyped] = useState(search.query ?? '');
  const query = useDelayed(typed.trim());
  const found = useInfiniteQuery({
    queryKey: ['public-rooms', query],
    queryFn: ({ pageParam, signal }) =>
      listPublicRooms({
        client: client.api,
        query: { query: query || undefined, cursor: pageParam },
        signal,
      }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
    placeholderData: keepPreviousData,
  });
  const rooms = found.data?.pages.flatMap((page) => page.items);

  return (
    <Page
      title={t('rooms:discover')}
      lead={t('rooms:discover_lead')}
      actions={
        <Link to="/new-room" className={buttonClass({ size: 'sm' })}>
          <Plus className="size-4" aria-hidden="true" />
          {t('rooms:new_room')}
        </Link>
      }
    >
      <TextField
        label={t('rooms:discover_search')}
        labelHidden
        value={typed}
        onValueChange={(next) => {
          setTyped(next);
          void navigate({ to: '/discover', search: next ? { query: next } : {}, replace: true });
        }}
        icon={<Search aria-hidden="true" />}
        placeholder={t('rooms:discover_search')}
        type="search"
        autoComplete="off"
        dir="auto"
      />
      <div className="mt-3" aria-live="polite" aria-busy={found.isFetching}>
        {found.isPending && <SkeletonRows count={6} className="-mx-3" />}
        {found.error && !rooms && (
          <EmptyState
            icon={<CloudAlert />}
            title={t('something_failed')}
            actions={
              <Button busy={found.isFetching} onClick={() => found.refetch()}>
                {t('retry')}
              </Button>
            }
          >
            {failureText(found.error, t)}
          </EmptyState>
        )}
        {rooms?.length === 0 && (
          <EmptyState
            icon={<Compass />}
            title={t(query ? 'rooms:discover_no_match_title' : 'rooms:discover_none_title')}
            actions={
              <Link to="/new-room" className={buttonClass({ variant: 'primary' })}>
                {t('rooms:new_room')}
              </Link>
            }
          >
            {t(query ? 'rooms:discover_no_match' : 'rooms:discover_none')}
          </EmptyState>
        )}
        {rooms && rooms.length > 0 && (
          <ul className="divide-y divide-line">
            {rooms.map((room) => (
              <PublicRoom key={room.id} room={room} />
            ))}
          </ul>
        )}
        {found.hasNextPage && (
          <div className="mt-4 flex justify-center">
            <Button busy={found.isFetchingNextPage} onClick={() => found.fetchNextPage()}>
              {t('load_more')}
            </Button>
          </div>
        )}
      </div>
    </Page>
  );
}

function PublicRoom({ room }: { room: Room }) {
  const t = useText();
  const joined = useLive((state) => state.rooms[room.id] !== undefined);
  return (
    <li className="flex items-center gap-3 py-3">
      <Avatar id={room.id} name={room.title} shape="room" />
      <div className="min-w-0 flex-1">
        <div className="flex items-center gap-2">
          <h2 dir="auto" className="truncate font-medium">
            {room.title}
          </h2>
          {room.kind === 'channel' && <Tag>{t('rooms:channel')}</Tag>}
        </div>
        {room.topic && (
          <p dir="auto" className="line-clamp-2 text-parent text-[0.8125rem] text-ink-soft">
            {room.topic}
          </p>
        )}
        <p className="text-ink-faint text-xs">{t('members', { count: room.member_count })}</p>
      </div>
      {joined ? (
        <Link
          to="/rooms/$roomId"
          params={{ roomId: room.id }}
          aria-label={`${t('rooms:open')}: ${room.title}`}
          className={buttonClass({ size: 'sm' })}
        >
          {t('rooms:open')}
        </Link>
      ) : (
        <JoinButton room={room} size="sm" />
      )}
    </li>
  );
}
