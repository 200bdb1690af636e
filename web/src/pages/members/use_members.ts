import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { useClient } from '#/app/client_context.tsx';
import { listMembers } from '#/core/generated/rest/index.ts';
import type { RoomId } from '#/core/model.ts';

/** A room's members, page by page; fetched anew when they change. */
export function useMembers(roomId: RoomId) {
  const client = useClient();
  const queries = useQueryClient();
  useEffect(
    () =>
      client.onRoomChanged((room) => {
        if (room === roomId) void queries.invalidateQueries({ queryKey: ['members', roomId] });
      }),
    [client, queries, roomId],
  );
  return useInfiniteQuery({
    queryKey: ['members', roomId],
    queryFn: async ({ pageParam, signal }) => {
      const page = await listMembers({
        client: client.api,
        path: { room_id: roomId },
        query: { cursor: pageParam },
        signal,
      });
      client.noteReaders(
        roomId,
        page.items.map((member) => [member.user.id, member.read_n]),
      );
      return page;
    },
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
  });
}
