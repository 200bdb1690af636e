import { useMutation } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { addAnswered } from '#/app/answered_room.ts';
import { useClient } from '#/app/client_context.tsx';
import { failureText } from '#/app/failure_text.ts';
import { toast } from '#/components/toast.tsx';
import { openDirectRoom } from '#/core/generated/rest/index.ts';
import type { UserId } from '#/core/model.ts';
import { useText } from '#/i18n/text.ts';

/** Opens the direct chat with somebody: the one that is known, else the server's, new or old. */
export function useDirectChat() {
  const t = useText();
  const client = useClient();
  const navigate = useNavigate();
  return useMutation({
    mutationFn: async (user: UserId) => {
      const known = Object.values(client.store.getState().rooms).find((room) => room?.peer?.id === user);
      if (known) return known.id;
      const room = await openDirectRoom({ client: client.api, body: { user_id: user } });
      addAnswered(client, room);
      return room.id;
    },
    onSuccess: (roomId) => navigate({ to: '/rooms/$roomId', params: { roomId } }),
    onError: (error) => toast(failureText(error, t), { tone: 'danger' }),
  });
}
