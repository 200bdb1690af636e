import { useQuery } from '@tanstack/react-query';
import { useClient } from '#/app/client_context.tsx';
import { getMessage } from '#/core/generated/rest/index.ts';
import type { Count, Message, MessageId, Timeline } from '#/core/model.ts';

/** What a message is quoted by. */
export type Quoted = Pick<Message, 'id' | 'n' | 'sender' | 'body'>;

/** A message by its id: from the open timelines, else from the server. */
export function useMessage(
  id: MessageId | undefined,
  before?: Count,
): { message: Quoted | undefined; failed: boolean } {
  const client = useClient();
  const query = useQuery({
    queryKey: ['message', id],
    enabled: id !== undefined,
    staleTime: Number.POSITIVE_INFINITY,
    retry: 1,
    queryFn: (): Promise<Quoted> => getMessage({ client: client.api, path: { message_id: id ?? '' } }),
    initialData: () =>
      id === undefined ? undefined : findMessage(client.store.getState().timelines, id, before),
  });
  return { message: query.data, failed: query.isError };
}

/** Most answers are near what they answer, so it is looked for backwards from there. */
function findMessage(
  timelines: Readonly<Record<string, Timeline | undefined>>,
  id: MessageId,
  before: Count | undefined,
): Quoted | undefined {
  for (const timeline of Object.values(timelines)) {
    const messages = timeline?.messages ?? [];
    const first = messages[0]?.n ?? 1;
    const from = before === undefined ? messages.length : Math.min(messages.length, before - first);
    for (let i = from - 1; i >= 0; i--) if (messages[i]?.id === id) return messages[i];
  }
  return undefined;
}
