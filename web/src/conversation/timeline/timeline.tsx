import {
  type Ref,
  useCallback,
  useEffect,
  useImperativeHandle,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from 'react';
import { useClient, useLive } from '#/app/client_context.tsx';
import { type Count, type RoomState, startsAtBeginning, type Timeline as Window } from '#/core/model.ts';
import { LoadingTimeline } from '../loading.tsx';
import { Announcer } from './announcer.tsx';
import { Beginning, LoadingMore } from './edges.tsx';
import { FetchFailure } from './fetch_failure.tsx';
import { JumpButtons } from './jump_buttons.tsx';
import { type ListHandle, TimelineList } from './list.tsx';
import { useReadMark } from './read_mark.ts';
import { rowsOf } from './rows.ts';
import { END, entrance, has, type Target, targetMessage, targetUnread, useTarget } from './target.ts';
import { useLineAbove, useUnreadLine } from './unread_line.ts';
import { useReaders } from './use_readers.ts';
import { NO_VIEW, type View } from './view.ts';
import { useWindowNumber } from './window.ts';

export interface TimelineHandle {
  /** Shows the newest message and follows from there. */
  toEnd(): void;
  /** Shows a message, wherever in the room's history it is. */
  show(n: Count): void;
  focusLast(): void;
  /** Takes the unread line away. */
  clearLine(): void;
}

interface TimelineProps {
  ref: Ref<TimelineHandle>;
  room: RoomState;
  timeline: Window;
  /** The message to show first, in place of the first unread one. */
  n: Count | undefined;
  /** Esc on a message. */
  onEscape: () => void;
}

const NOTHING: readonly never[] = [];

/** Fewer rows than these beyond the view, and the next page is fetched. */
const AHEAD = 25;

/** The messages of a room: a window on its history that grows as one comes to its ends. */
export function Timeline({ ref, room, timeline, n, onEscape }: TimelineProps) {
  const client = useClient();
  const outbox = useLive((state) => state.outbox[room.id] ?? NOTHING);
  const me = useLive((state) => state.me.id);
  const { line, clear } = useUnreadLine(room);
  const rows = useMemo(() => rowsOf(timeline, outbox, line, me), [timeline, outbox, line, me]);
  const readers = useReaders(room, rows, me);
  const list = useRef<ListHandle>(null);
  const [view, setView] = useState<View>(NO_VIEW);

  // What was asked for and is not in the window yet.
  const wanted = useRef<Target | undefined>(n === undefined ? undefined : targetMessage(n));
  const number = useWindowNumber(timeline);
  const opening = entrance(room, line);
  const entered = useEntered(timeline, wanted.current ?? opening);
  // What is there before the room is shown decides nothing: it may be no more than the newest message.
  const target = useTarget(entered ? number : 0, timeline, [wanted.current, opening]);

  // The window may have grown to what was asked for, instead of giving its place to another one.
  useLayoutEffect(() => {
    const asked = wanted.current;
    if (!asked || !entered || !has(timeline, asked)) return;
    wanted.current = undefined;
    if (asked === target) return;
    if (asked.kind === 'end') list.current?.toEnd();
    else list.current?.show(asked.n, asked.place);
  }, [timeline, target, entered]);

  /** What failed last, to be tried again. */
  const attempt = useRef<() => Promise<void>>(undefined);
  const fetch = useCallback((what: () => Promise<void>) => {
    attempt.current = what;
    return what();
  }, []);

  const show = useCallback(
    async (asked: Target) => {
      if (asked.kind === 'message' && list.current?.show(asked.n, asked.place)) return;
      wanted.current = asked;
      if (asked.kind === 'end') return fetch(() => client.jumpToEnd(room.id));
      await fetch(() => client.jumpTo(room.id, asked.n));
      // The first message of a window is shown once the one before it is there.
      const first = client.store.getState().timelines[room.id]?.messages[0]?.n;
      if (first === asked.n && wanted.current === asked) await fetch(() => client.loadOlder(room.id));
    },
    [client, room.id, fetch],
  );

  const toEnd = useCallback(() => {
    if (client.store.getState().timelines[room.id]?.at_end) list.current?.toEnd();
    else void show(END);
  }, [client, room.id, show]);

  const onView = (next: View) => setView((last) => (sameView(last, next) ? last : next));

  const { loading, failure, at_end } = timeline;
  const beginning = startsAtBeginning(timeline);
  useEffect(() => {
    if (loading || failure || view.last < 0) return;
    if (view.first < AHEAD && !beginning) void fetch(() => client.loadOlder(room.id));
    else if (view.last > rows.length - AHEAD && !at_end) void fetch(() => client.loadNewer(room.id));
  }, [view, rows.length, loading, failure, beginning, at_end, client, room.id, fetch]);

  // What failed without a connection is tried again with one.
  const online = useLive((state) => state.connection.status === 'online');
  const failed = failure !== undefined;
  // biome-ignore lint/correctness/useExhaustiveDependencies: once for each connection, not for each failure
  useEffect(() => {
    if (online && failed) void attempt.current?.();
  }, [online]);

  useReadMark(room, view.seen);
  const above = useLineAbove(line, view.top, view.seen);

  useImperativeHandle(
    ref,
    () => ({
      toEnd,
      show: (asked) => void show(targetMessage(asked)),
      focusLast: () => list.current?.focusLast(),
      clearLine: clear,
    }),
    [toEnd, show, clear],
  );

  if (!entered) return <LoadingTimeline />;
  const away = !at_end || !view.atEnd;
  return (
    <div className="relative flex min-h-0 flex-1 flex-col">
      <div className="relative flex min-h-0 flex-1 flex-col">
        <TimelineList
          key={number}
          ref={list}
          rows={rows}
          complete={at_end}
          target={target}
          readers={readers}
          busy={loading !== undefined}
          onView={onView}
          onEscape={onEscape}
          onEnd={toEnd}
          before={
            beginning ? <Beginning room={room} empty={rows.length === 0} /> : !failure && <LoadingMore />
          }
          after={loading === 'newer' && <LoadingMore />}
        />
        <JumpButtons
          away={away}
          news={away ? Math.max(0, room.n - Math.max(room.read_n, view.seen ?? 0)) : 0}
          toEnd={toEnd}
          unread={above && line !== undefined ? room.n - line : undefined}
          toUnread={() => line !== undefined && void show(targetUnread(line))}
          dismissUnread={clear}
        />
      </div>
      {failure && (
        <FetchFailure
          failure={failure}
          retry={() => void (attempt.current ?? (() => client.loadOlder(room.id)))()}
        />
      )}
      <Announcer timeline={timeline} me={me} />
    </div>
  );
}

function sameView(a: View, b: View): boolean {
  return (
    a.first === b.first && a.last === b.last && a.top === b.top && a.seen === b.seen && a.atEnd === b.atEnd
  );
}

/**
 * Whether the room is shown: not before the place where it opens is there. Else the end would be shown, and count as
 * read, for as long as the first unread message takes to come.
 */
function useEntered(timeline: Window, target: Target): boolean {
  const [entered, enter] = useState(false);
  const now = entered || timeline.loading !== 'window' || has(timeline, target);
  if (now && !entered) enter(true);
  return now;
}
