import { useMutation } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { addAnswered } from '#/app/answered_room.ts';
import { useClient } from '#/app/client_context.tsx';
import { failureText } from '#/app/failure_text.ts';
import { Button, type ButtonProps } from '#/components/button.tsx';
import { toast } from '#/components/toast.tsx';
import { getRoom, joinRoom, type Room } from '#/core/generated/rest/index.ts';
import { useText } from '#/i18n/text.ts';

/** Joins a public room and goes there. */
export function JoinButton({ room, size }: { room: Room; size?: ButtonProps['size'] }) {
  const t = useText();
  const client = useClient();
  const navigate = useNavigate();
  const path = { room_id: room.id };
  const join = useMutation({
    mutationFn: async () => {
      await joinRoom({ client: client.api, path });
      addAnswered(client, await getRoom({ client: client.api, path }));
    },
    onSuccess: () => navigate({ to: '/rooms/$roomId', params: { roomId: room.id } }),
    onError: (error) => toast(failureText(error, t), { tone: 'danger' }),
  });
  return (
    <Button
      aria-label={`${t('rooms:join')}: ${room.title}`}
      variant="primary"
      size={size}
      busy={join.isPending}
      onClick={() => join.mutate()}
    >
      {t('rooms:join')}
    </Button>
  );
}
