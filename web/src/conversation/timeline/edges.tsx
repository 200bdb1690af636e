import { roomName, roomPicture } from '#/app/room_name.ts';
import { Avatar } from '#/components/avatar.tsx';
import { Spinner } from '#/components/spinner.tsx';
import type { RoomState } from '#/core/model.ts';
import { useText } from '#/i18n/text.ts';

/** What stands where a room's history begins. */
export function Beginning({ room, empty }: { room: RoomState; empty: boolean }) {
  const t = useText();
  const name = roomName(room, t);
  return (
    <div className="column flex items-center gap-4 px-4 pb-1">
      <Avatar {...roomPicture(room)} name={name} size="lg" />
      <div className="min-w-0">
        <h2 className="truncate font-semibold text-lg">
          <bdi>{name}</bdi>
        </h2>
        <p className="line-clamp-2 text-pretty text-ink-soft">
          {empty
            ? t('conversation:say_first_word')
            : t(room.kind === 'direct' ? 'conversation:beginning_direct' : 'conversation:beginning')}
        </p>
      </div>
    </div>
  );
}

export function LoadingMore() {
  const t = useText();
  return (
    <div className="flex items-center justify-center gap-2 py-1 text-ink-faint text-xs">
      <Spinner />
      {t('conversation:loading_messages')}
    </div>
  );
}
