import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useClient } from '#/app/client_context.tsx';
import { useDelayed } from '#/app/use_delayed.ts';
import { searchUsers } from '#/core/generated/rest/index.ts';

/** How many people a search shows: who is not among them is found by more letters. */
const SHOWN = 30;

/** People whose name or username begins with what was typed. Asks for nothing while nothing is typed. */
export function usePeople(typed: string) {
  const client = useClient();
  const query = useDelayed(typed.trim().replace(/^@/, ''));
  return useQuery({
    queryKey: ['people', query],
    queryFn: ({ signal }) => searchUsers({ client: client.api, query: { query, limit: SHOWN }, signal }),
    enabled: query !== '',
    placeholderData: keepPreviousData,
    select: (page) => page.items,
  });
}
