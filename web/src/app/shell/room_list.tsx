import { Link, useParams } from '@tanstack/react-router';
import { defaultRangeExtractor, useVirtualizer } from '@tanstack/react-virtual';
import { CloudAlert, Compass, Inbox } from 'lucide-react';
import { type KeyboardEvent, useCallback, useEffect, useRef, useState } from 'react';
import { useShallow } from 'zustand/shallow';
import { useClient, useLive } from '#/app/client_context.tsx';
import { failureText } from '#/app/failure_text.ts';
import { isShortcut } from '#/app/keyboard/shortcuts.ts';
import { useToday } from '#/app/use_today.ts';
import { Button, buttonClass } from '#/components/button.tsx';
import { EmptyState } from '#/components/empty_state.tsx';
import { SkeletonRows } from '#/components/skeleton.tsx';
import type { RoomId } from '#/core/model.ts';
import { useText } from '#/i18n/text.ts';
import { findRooms } from './find_rooms.ts';
import { RoomRow } from './room_row.tsx';

/** Height of a row, pixels. */
const ROW = 60;

interface RoomListProps {
  find: string;
  onlyUnread: boolean;
}

/** The rooms by their last activity. Only those in sight are in the page: there may be thousands. */
export function RoomList({ find, onlyUnread }: RoomListProps) {
  const t = useText();
  const client = useClient();
  const open = useParams({ strict: false, select: (params) => params.roomId });
  const ready = useLive((state) => state.ready);
  const failure = useLive((state) => state.failure);
  const ids = useLive(
    useShallow((state) =>
      findRooms(state.rooms, { find, onlyUnread, always: open, somebody: t('shell:somebody') }),
    ),
  );

  if (ids.length > 0) return <Rows ids={ids} open={open} />;
  if (!ready && failure)
    return (
      <EmptyState
        icon={<CloudAlert />}
        title={t('shell:rooms_failed')}
        actions={<Button onClick={() => client.reconnect()}>{t('retry')}</Button>}
        className="flex-1"
      >
        {failureText(failure, t)}
      </EmptyState>
    );
  if (!ready) return <SkeletonRows count={9} className="flex-1 overflow-hidden px-1" />;
  if (find) return <p className="flex-1 px-6 py-8 text-center text-ink-soft">{t('shell:no_match')}</p>;
  if (onlyUnread) return <p className="flex-1 px-6 py-8 text-center text-ink-soft">{t('shell:all_read')}</p>;
  return (
    <EmptyState
      icon={<Inbox />}
      title={t('shell:no_rooms_title')}
      actions={
        <Link to="/discover" className={buttonClass({ variant: 'primary' })}>
          <Compass className="size-4" aria-hidden="true" />
          {t('rooms:discover')}
        </Link>
      }
      className="flex-1"
    >
      {t('shell:no_rooms')}
    </EmptyState>
  );
}

function Rows({ ids, open }: { ids: readonly RoomId[]; open: RoomId | undefined }) {
  const scroller = useRef<HTMLDivElement>(null);
  const today = useToday();
  const [focused, setFocused] = useState<RoomId | undefined>();
  const focusedIndex = focused === undefined ? -1 : ids.indexOf(focused);
  const rows = useVirtualizer({
    count: ids.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW,
    getItemKey: (index) => ids[index] ?? index,
    overscan: 6,
    // The focused row stays in the page while it is scrolled out of sight, or the focus would be lost.
    rangeExtractor: (range) => {
      const inSight = defaultRangeExtractor(range);
      return focusedIndex === -1 || inSight.includes(focusedIndex)
        ? inSight
        : [...inSight, focusedIndex].sort((a, b) => a - b);
    },
  });

  const openIndex = open === undefined ? -1 : ids.indexOf(open);
  const atOpen = useRef(-1);
  atOpen.current = openIndex;
  // Keys move to rooms that may be out of sight. That the order changes is no reason to scroll.
  useEffect(() => {
    if (open !== undefined && atOpen.current !== -1) rows.scrollToIndex(atOpen.current, { align: 'auto' });
  }, [open, rows]);

  /** The one row that Tab leads to. */
  const entry = focusedIndex !== -1 ? focusedIndex : Math.max(0, openIndex);

  function focusRow(index: number) {
    const id = ids[index];
    if (id === undefined) return;
    setFocused(id);
    rows.scrollToIndex(index, { align: 'auto' });
    requestAnimationFrame(() => {
      scroller.current
        ?.querySelector<HTMLElement>(`[data-room-row="${CSS.escape(id)}"]`)
        ?.focus({ preventScroll: true });
    });
  }

  function onKeyDown(event: KeyboardEvent) {
    if (isShortcut(event.nativeEvent, 'move')) focusRow(entry + (event.key === 'ArrowDown' ? 1 : -1));
    else if (isShortcut(event.nativeEvent, 'ends')) focusRow(event.key === 'Home' ? 0 : ids.length - 1);
    else return;
    event.preventDefault();
  }

  const onFocus = useCallback((id: RoomId) => setFocused(id), []);

  return (
    <div ref={scroller} className="min-h-0 flex-1 overflow-y-auto overscroll-contain px-2 pb-2">
      <ul className="relative" style={{ height: rows.getTotalSize() }} onKeyDown={onKeyDown}>
        {rows.getVirtualItems().map((row) => {
          const id = ids[row.index];
          return (
            id !== undefined && (
              <li
                key={row.key}
                aria-setsize={ids.length}
                aria-posinset={row.index + 1}
                className="absolute inset-x-0 top-0"
                style={{ height: ROW, transform: `translateY(${row.start}px)` }}
              >
                <RoomRow
                  id={id}
                  open={id === open}
                  entry={row.index === entry}
                  today={today}
                  onFocus={onFocus}
                />
              </li>
            )
          );
        })}
      </ul>
    </div>
  );
}
