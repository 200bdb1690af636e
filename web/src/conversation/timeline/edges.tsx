import { useTranslation } from 'react-i18next';
import { Avatar } from '#/components/avatar.tsx';
import { Banner } from '#/components/banner.tsx';
import { Button } from '#/components/button.tsx';
import { Spinner } from '#/components/spinner.tsx';
import type { Failure, RoomState } from '#/core/model.ts';
import { useFailureText } from '../failure_text.ts';
import { titleOf } from '../person.ts';

/** What stands where a room's history begins. */
export function Beginning({ room, empty }: { room: RoomState; empty: boolean }) {
  const { t } = useTranslation('conversation');
  return (
    <div className="flex items-center gap-3 px-4 pb-1">
      <Avatar
        id={room.peer?.id ?? room.id}
        name={titleOf(room)}
        size="lg"
        shape={room.peer ? 'person' : 'room'}
      />
      <div className="min-w-0">
        <h2 className="truncate font-semibold text-lg">
          <bdi>{titleOf(room)}</bdi>
        </h2>
        <p className="truncate text-ink-soft">
          {empty ? t('say_first_word') : t(room.kind === 'direct' ? 'beginning_direct' : 'beginning')}
        </p>
      </div>
    </div>
  );
}

export function LoadingMore() {
  const { t } = useTranslation('conversation');
  return (
    <div className="flex items-center justify-center gap-2 py-1 text-ink-faint text-xs">
      <Spinner />
      {t('loading_messages')}
    </div>
  );
}

/** The history could not be fetched. */
export function FetchFailure({ failure, retry }: { failure: Failure; retry: () => void }) {
  const { t } = useTranslation();
  const text = useFailureText();
  return (
    <div className="px-4 pb-2">
      <Banner
        tone="danger"
        role="status"
        actions={
          <Button size="sm" onClick={retry}>
            {t('retry')}
          </Button>
        }
      >
        {text(failure)}
      </Banner>
    </div>
  );
}
