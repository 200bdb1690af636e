import { ArrowDown, ArrowUp, X } from 'lucide-react';
import { IconButton } from '#/components/icon_button.tsx';
import { useText } from '#/i18n/text.ts';

interface JumpButtonsProps {
  /** Messages that arrived and were not seen yet. */
  news: number;
  /** The view is not at the end. */
  away: boolean;
  toEnd: () => void;
  /** How many are unread from the line on, when it is above the view. */
  unread: number | undefined;
  toUnread: () => void;
  dismissUnread: () => void;
}

const PILL =
  'pointer-events-auto flex h-8 items-center gap-1.5 rounded-full bg-accent px-3.5 font-medium text-on-accent text-xs shadow-raised hover:bg-accent-strong';

/** Ways to what is not in view: the first unread message above, the newest ones below. */
export function JumpButtons({ news, away, toEnd, unread, toUnread, dismissUnread }: JumpButtonsProps) {
  const t = useText();
  return (
    <>
      {unread !== undefined && (
        <div className="pointer-events-none absolute inset-x-0 top-3 z-1 flex justify-center">
          <span className="pointer-events-auto flex items-center rounded-full bg-accent text-on-accent shadow-raised">
            <button
              type="button"
              onClick={toUnread}
              className="flex h-8 items-center gap-1.5 rounded-s-full ps-3.5 pe-2 font-medium text-xs hover:bg-accent-strong"
            >
              <ArrowUp aria-hidden="true" className="size-3.5" />
              {t('conversation:to_first_unread', { count: unread })}
            </button>
            <button
              type="button"
              onClick={dismissUnread}
              aria-label={t('conversation:dismiss_unread')}
              className="flex size-8 items-center justify-center rounded-e-full hover:bg-accent-strong"
            >
              <X aria-hidden="true" className="size-3.5" />
            </button>
          </span>
        </div>
      )}
      {away && (
        <div className="pointer-events-none absolute inset-x-0 bottom-3 z-1 flex justify-center">
          {news > 0 ? (
            <button type="button" onClick={toEnd} className={PILL}>
              <ArrowDown aria-hidden="true" className="size-3.5" />
              {t('conversation:new_messages', { count: news })}
            </button>
          ) : (
            <span className="pointer-events-auto absolute end-4 bottom-0">
              <IconButton
                label={t('conversation:to_end')}
                keys="End"
                icon={<ArrowDown />}
                onClick={toEnd}
                className="rounded-full! bg-raised shadow-raised"
              />
            </span>
          )}
        </div>
      )}
    </>
  );
}
