import { useQuery } from '@tanstack/react-query';
import { useClient, useLive } from '#/app/client_context.tsx';
import { Avatar } from '#/components/avatar.tsx';
import { Dialog } from '#/components/dialog.tsx';
import { SkeletonRows } from '#/components/skeleton.tsx';
import { getMessage } from '#/core/generated/rest/index.ts';
import type { Message, RoomState, UserRef } from '#/core/model.ts';
import { useText } from '#/i18n/text.ts';
import { nameOf } from '../person.ts';
import { MOST_READERS, usePeople } from '../timeline/use_readers.ts';

interface ReadersDialogProps {
  room: RoomState;
  message: Message | undefined;
  onClose: () => void;
}

/** Who has read a message: by name in small rooms, else how many. */
export function ReadersDialog({ room, message, onClose }: ReadersDialogProps) {
  const t = useText();
  return (
    <Dialog
      open={message !== undefined}
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
      title={t('conversation:who_has_read')}
    >
      {message &&
        (room.member_count <= MOST_READERS ? (
          <Names room={room} message={message} />
        ) : (
          <HowMany message={message} />
        ))}
    </Dialog>
  );
}

function Names({ room, message }: { room: RoomState; message: Message }) {
  const t = useText();
  const people = usePeople(room.id, true);
  const positions = useLive((state) => state.readers[room.id]);
  const me = useLive((state) => state.me.id);
  if (!positions || people.size === 0) return <SkeletonRows count={3} />;
  const readers: UserRef[] = [];
  for (const [id, person] of people) {
    if (id !== me && id !== message.sender.id && (positions[id] ?? 0) >= message.n) readers.push(person);
  }
  if (readers.length === 0) return <p className="text-ink-soft">{t('conversation:read_by_nobody')}</p>;
  return (
    <ul className="-mx-2 space-y-0.5">
      {readers.map((reader) => (
        <li key={reader.id} className="flex items-center gap-3 rounded-lg px-2 py-1.5">
          <Avatar id={reader.id} name={nameOf(reader)} size="sm" />
          <bdi className="min-w-0 truncate">{nameOf(reader)}</bdi>
          <span className="ms-auto max-w-40 shrink-0 truncate text-ink-faint text-xs">
            @{reader.username}
          </span>
        </li>
      ))}
    </ul>
  );
}

function HowMany({ message }: { message: Message }) {
  const t = useText();
  const client = useClient();
  const { data, isError } = useQuery({
    queryKey: ['read_by', message.id],
    staleTime: 5_000,
    queryFn: () => getMessage({ client: client.api, path: { message_id: message.id } }),
  });
  if (isError) return <p className="text-danger-ink">{t('conversation:read_by_unknown')}</p>;
  if (!data) return <SkeletonRows count={1} />;
  return (
    <p className="text-ink-soft">
      {data.read_by === 0
        ? t('conversation:read_by_nobody')
        : t('conversation:read_by_count', { count: data.read_by })}
    </p>
  );
}
