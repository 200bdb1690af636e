import { useQuery } from '@tanstack/react-query';
import { useEffect, useMemo, useRef } from 'react';
import { useClient, useLive } from '#/app/client_context.tsx';
import { listMembers } from '#/core/generated/rest/index.ts';
import type { RoomId, RoomState, UserId, UserRef } from '#/core/model.ts';
import { authors, NOBODY, placeReaders, type Readers } from './readers.ts';
import type { Row } from './rows.ts';

/** In rooms of more people nobody is told who has read what (`receipt` of the protocol). */
export const MOST_READERS = 64;

const NO_PEOPLE: ReadonlyMap<UserId, UserRef> = new Map();

/** Where the others have read to. */
export function useReaders(room: RoomState, rows: readonly Row[], me: UserId): Readers {
  const people = usePeople(room.id, room.member_count <= MOST_READERS);
  const positions = useLive((state) => state.readers[room.id]);
  const last = useRef(NOBODY);
  return useMemo(() => {
    if (!positions) return NOBODY;
    last.current = placeReaders(positions, people, me, authors(rows), last.current);
    return last.current;
  }, [positions, people, me, rows]);
}

/** The members of a small room, by id; tells the client how far they have read. */
export function usePeople(room: RoomId, wanted: boolean): ReadonlyMap<UserId, UserRef> {
  const client = useClient();
  const { data, refetch } = useQuery({
    queryKey: ['readers', room],
    enabled: wanted,
    staleTime: 60_000,
    queryFn: async () => {
      const { items } = await listMembers({
        client: client.api,
        path: { room_id: room },
        query: { limit: MOST_READERS },
      });
      client.noteReaders(
        room,
        items.map((member) => [member.user.id, member.read_n] as const),
      );
      return new Map(items.map((member) => [member.user.id, member.user]));
    },
  });
  useEffect(
    () =>
      client.onRoomChanged((changed) => {
        if (changed === room && wanted) void refetch();
      }),
    [client, room, wanted, refetch],
  );
  return data ?? NO_PEOPLE;
}
