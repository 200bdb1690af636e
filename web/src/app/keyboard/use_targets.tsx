import type { NavigateOptions } from '@tanstack/react-router';
import { Compass, Keyboard, MessageCircle, Settings, SquarePen } from 'lucide-react';
import type { ReactNode } from 'react';
import { useLive } from '#/app/client_context.tsx';
import { roomName, roomPicture } from '#/app/room_name.ts';
import { findRooms, fold, matches } from '#/app/shell/find_rooms.ts';
import { Avatar } from '#/components/avatar.tsx';
import { UnreadBadge } from '#/components/badge.tsx';
import { type UserId, unread } from '#/core/model.ts';
import { type Text, useText } from '#/i18n/text.ts';
import { usePeople } from '#/pages/people/use_people.ts';

/** Rooms that are offered, before anything is typed and then: more letters find the others. */
const FIRST_ROOMS = 6;
const ROOMS = 12;
const PEOPLE = 6;

interface Shown {
  id: string;
  name: string;
  more?: string;
  picture: ReactNode;
  badge?: ReactNode;
}

export type Target = Shown & ({ kind: 'place'; to: NavigateOptions } | { kind: 'person'; id: UserId });

/** What the switcher offers for what was typed: rooms first, then people that one has no direct chat with, then pages. */
export function useTargets(typed: string) {
  const t = useText();
  const rooms = useLive((state) => state.rooms);
  const me = useLive((state) => state.me.id);
  const people = usePeople(typed);
  const words = fold(typed).split(' ').filter(Boolean);

  const peers = new Set<UserId>();
  for (const room of Object.values(rooms)) if (room?.peer) peers.add(room.peer.id);

  const places: Target[] = [];
  for (const id of findRooms(rooms, {
    find: typed,
    onlyUnread: false,
    always: undefined,
    somebody: t('shell:somebody'),
  })) {
    const room = rooms[id];
    if (!room) continue;
    if (places.length === (words.length === 0 ? FIRST_ROOMS : ROOMS)) break;
    const name = roomName(room, t);
    places.push({
      kind: 'place',
      id,
      name,
      more: room.kind === 'direct' ? room.peer && `@${room.peer.username}` : room.topic,
      picture: <Avatar {...roomPicture(room)} name={name} size="sm" />,
      badge: <UnreadBadge count={unread(room)} />,
      to: { to: '/rooms/$roomId', params: { roomId: id } },
    });
  }

  const others: Target[] = (typed.trim() === '' ? [] : (people.data ?? []))
    .filter((user) => user.id !== me && user.kind !== 'bridged' && !peers.has(user.id))
    .slice(0, PEOPLE)
    .map((user) => ({
      kind: 'person',
      id: user.id,
      name: user.display_name,
      more: `@${user.username}`,
      picture: <Avatar id={user.id} name={user.display_name} size="sm" />,
    }));

  const groups = [
    { label: t('keys:switcher_rooms'), items: places },
    { label: t('keys:switcher_people'), items: others },
    { label: t('keys:switcher_actions'), items: pages(t).filter(({ name }) => matches(name, words)) },
  ].filter((group) => group.items.length > 0);
  return { groups, searching: people.isFetching };
}

function pages(t: Text): Target[] {
  const page = (id: string, name: string, picture: ReactNode, to: NavigateOptions): Target => ({
    kind: 'place',
    id,
    name,
    picture: (
      <span className="flex size-7 shrink-0 items-center justify-center text-ink-faint [&_svg]:size-4">
        {picture}
      </span>
    ),
    to,
  });
  return [
    page('new-room', t('rooms:new_room'), <SquarePen aria-hidden="true" />, { to: '/new-room' }),
    page('people', t('rooms:people'), <MessageCircle aria-hidden="true" />, { to: '/people' }),
    page('discover', t('rooms:discover'), <Compass aria-hidden="true" />, { to: '/discover' }),
    page('profile', t('profile:title'), <Settings aria-hidden="true" />, { to: '/profile' }),
    page('shortcuts', t('keys:title'), <Keyboard aria-hidden="true" />, { to: '/shortcuts' }),
  ];
}
