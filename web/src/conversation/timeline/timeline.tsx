import {
  type Ref,
  useCallback,
  useImperativeHandle,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from 'react';
import { useClient, useLive } from '#/app/client_context.tsx';
import { type Count, type RoomState, startsAtBeginning, type Timeline as Window } from '#/core/model.ts';
import { Announcer } from './announcer.tsx';
import { Beginning, FetchFailure, LoadingMore } from './edges.tsx';
import { JumpButtons } from './jump_buttons.tsx';
import { type ListHandle, type Target, TimelineList, type View } from './list.tsx';
import { useReadMark } from './read_mark.ts';
import { type Row, rowsOf } from './rows.ts';
import { useUnreadLine } from './unread_line.ts';
import { useReaders } from './use_readers.ts';
import { useWindowNumber } from './window.ts';

export interface TimelineHandle {
  /** Shows the newest message and follows from there. */
  toEnd(): void;
  /** Shows a message, wherever in the room's history it is. */
  show(n: Count): void;
  focusLast(): void;
  /** Takes the unread line away; false when there is none. */
  clearLine(): boolean;
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

/** More rows than these beyond the view are not waited for: the next page is fetched. */
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
  const number = useWindowNumber(timeline);
  const wanted = useRef<Target | undefined>(n === undefined ? undefined : marked(n));
  const [view, setView] = useState<View>({ first: 0, last: -1, atEnd: true });

  const seen = rows[view.last]?.message?.n;
  useReadMark(room, seen);

  const target = useTarget(number, wanted, room, timeline, line);

  // The window may have grown to what was asked for instead of moving there.
  useLayoutEffect(() => {
    const asked = wanted.current;
    if (!asked || !has(timeline, asked)) return;
    wanted.current = undefined;
    if (asked === target) return;
    if (asked.kind === 'end') list.current?.toEnd();
    else list.current?.show(asked.n);
  }, [timeline, target]);

  const onView = (next: View) => {
    setView((last) => (sameView(last, next) ? last : next));
    fetchAhead(next);
  };

  const fetchAhead = (next: View) => {
    if (timeline.loading || timeline.failure || next.last < 0) return;
    if (next.first < AHEAD && !startsAtBeginning(timeline)) void client.loadOlder(room.id);
    else if (next.last > rows.length - AHEAD && !timeline.at_end) void client.loadNewer(room.id);
  };

  const show = useCallback(
    async (wantedN: Count, place: 'top' | 'middle' = 'middle') => {
      if (list.current?.show(wantedN)) return;
      wanted.current = { kind: 'message', n: wantedN, place, marked: place === 'middle' };
      await client.jumpTo(room.id, wantedN);
    },
    [client, room.id],
  );

  const toEnd = useCallback(async () => {
    const now = client.store.getState().timelines[room.id];
    if (!now?.at_end) {
      wanted.current = { kind: 'end' };
      await client.jumpToEnd(room.id);
    } else {
      list.current?.toEnd();
    }
  }, [client, room.id]);

  useImperativeHandle(
    ref,
    () => ({
      toEnd: () => void toEnd(),
      show: (wantedN) => void show(wantedN),
      focusLast: () => list.current?.focusLast(),
      clearLine: () => {
        clear();
        return line !== undefined;
      },
    }),
    [toEnd, show, clear, line],
  );

  const beginning = startsAtBeginning(timeline);
  const failure = timeline.failure;
  const away = !timeline.at_end || !view.atEnd;
  const news = Math.max(0, room.n - Math.max(room.read_n, seen ?? 0));
  const above = line !== undefined && lineIsAbove(rows, view, line, timeline);
  return (
    <div className="relative flex min-h-0 flex-1 flex-col">
      <TimelineList
        key={number}
        ref={list}
        rows={rows}
        complete={timeline.at_end}
        target={target}
        readers={readers}
        busy={timeline.loading !== undefined}
        onView={onView}
        onEscape={onEscape}
        before={
          beginning ? (
            <Beginning room={room} empty={rows.length === 0} />
          ) : failure ? (
            <FetchFailure failure={failure} retry={() => client.loadOlder(room.id)} />
          ) : (
            <LoadingMore />
          )
        }
        after={timeline.loading === 'newer' && <LoadingMore />}
      />
      <JumpButtons
        news={away ? news : 0}
        away={away}
        toEnd={() => void toEnd()}
        unread={above ? Math.max(0, room.n - line) : undefined}
        toUnread={() => line !== undefined && void show(line + 1, 'top')}
        dismissUnread={clear}
      />
      <Announcer timeline={timeline} me={me} />
    </div>
  );
}

function sameView(a: View, b: View): boolean {
  return a.first === b.first && a.last === b.last && a.atEnd === b.atEnd;
}

function lineIsAbove(rows: readonly Row[], view: View, line: Count, timeline: Window): boolean {
  const first = rows[view.first]?.message?.n ?? timeline.messages[0]?.n;
  return first !== undefined && first > line + 1;
}

/** Where a new window is shown first: where somebody asked for, else at the first unread message, else at the end. */
function useTarget(
  number: number,
  wanted: { current: Target | undefined },
  room: RoomState,
  timeline: Window,
  line: Count | undefined,
): Target {
  const chosen = useRef<{ number: number; target: Target }>(undefined);
  if (chosen.current?.number !== number) {
    const asked = wanted.current;
    const target = asked && has(timeline, asked) ? asked : atFirstUnread(room, timeline, line);
    chosen.current = { number, target };
  }
  return chosen.current.target;
}

function has(timeline: Window, target: Target): boolean {
  if (target.kind === 'end') return timeline.at_end;
  const first = timeline.messages[0]?.n ?? 1;
  return target.n >= first && target.n < first + timeline.messages.length;
}

function marked(n: Count): Target {
  return { kind: 'message', n, place: 'middle', marked: true };
}

function atFirstUnread(room: RoomState, timeline: Window, line: Count | undefined): Target {
  const first = timeline.messages[0]?.n ?? 1;
  return line !== undefined && line < room.n && line + 1 >= first
    ? { kind: 'message', n: line + 1, place: 'top', marked: false }
    : { kind: 'end' };
}
