import {
  defaultRangeExtractor,
  observeElementRect,
  type Range,
  useVirtualizer,
  type Virtualizer,
} from '@tanstack/react-virtual';
import {
  type ReactNode,
  type Ref,
  useCallback,
  useEffect,
  useImperativeHandle,
  useLayoutEffect,
  useRef,
  useState,
} from 'react';
import type { Count } from '#/core/model.ts';
import { useText } from '#/i18n/text.ts';
import { DateChip } from './date_chip.tsx';
import { estimateRow } from './estimate.ts';
import { useKeptEnd } from './kept_end.ts';
import type { Readers } from './readers.ts';
import { RowView } from './row.tsx';
import { useRowKeys } from './row_keys.ts';
import { indexOf, type Row } from './rows.ts';
import type { Target } from './target.ts';
import { type View, viewOf } from './view.ts';

export interface ListHandle {
  toEnd(): void;
  /** Shows a message of the window; false when the window does not have it. One in the middle is marked for a moment. */
  show(n: Count, place: 'top' | 'middle'): boolean;
  /** Puts the keyboard on the last message. */
  focusLast(): void;
}

interface ListProps {
  ref: Ref<ListHandle>;
  rows: readonly Row[];
  /** Whether the rows end with the room's last message, so that the view follows new ones. */
  complete: boolean;
  target: Target;
  readers: Readers;
  busy: boolean;
  onView: (view: View) => void;
  onEscape: () => void;
  /** The End key. */
  onEnd: () => void;
  /** Stands above the first row, `BEFORE` pixels high. */
  before: ReactNode;
  /** Stands below the last row, `AFTER` pixels high. */
  after: ReactNode;
}

/** Pixels around the rows, whatever stands there: rows must not move when it changes. */
const BEFORE = 104;
const AFTER = 20;

/** So near to the end counts as being there. More than `AFTER`, else growing rows are not followed. Pixels. */
const NEAR_END = 36;

/** What stays visible above a message that is shown at the top. Pixels. */
const CONTEXT = 72;

/** Rows that are kept on the page beyond what is visible, so that most are measured before they are seen. */
const OVERSCAN = 8;

/** Milliseconds that a message stays marked. */
const MARKED = 2_200;

export function TimelineList(props: ListProps) {
  const { ref, rows, complete, target, readers, busy, onView, onEscape, onEnd, before, after } = props;
  const t = useText();
  const scroller = useRef<HTMLDivElement>(null);
  const [marked, mark] = useState<Count | undefined>(
    target.kind === 'message' && target.marked ? target.n : undefined,
  );
  const width = useRef(textWidth(globalThis.innerWidth));
  const keys = useRowKeys(rows);
  const followed = useRef(complete);

  // A guess is made once: another one for what is above the view would move the view.
  const guesses = useRef(new Map<string, number>());
  const estimateSize = useCallback(
    (i: number) => {
      const row = rows[i];
      if (!row) return 0;
      const guess = guesses.current.get(row.key) ?? estimateRow(row, width.current);
      guesses.current.set(row.key, guess);
      return guess;
    },
    [rows],
  );
  const getItemKey = useCallback((i: number) => rows[i]?.key ?? i, [rows]);
  const { active } = keys;
  const rangeExtractor = useCallback(
    (range: Range) => {
      const indexes = defaultRangeExtractor(range);
      // The row with the keyboard on it stays on the page, or the keyboard would be nowhere.
      if (active === undefined || active >= range.count || indexes.includes(active)) return indexes;
      return active < (indexes[0] ?? 0) ? [active, ...indexes] : [...indexes, active];
    },
    [active],
  );

  const keepEnd = useKeptEnd(complete, NEAR_END);
  const look = (instance: Virtualizer<HTMLDivElement, HTMLDivElement>) => {
    const atEnd = keepEnd(instance);
    onView({ ...viewOf(instance, rows), atEnd });
  };
  const report = useRef(look);
  report.current = look;

  const virtualizer = useVirtualizer<HTMLDivElement, HTMLDivElement>({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize,
    getItemKey,
    rangeExtractor,
    overscan: OVERSCAN,
    paddingStart: BEFORE,
    paddingEnd: AFTER,
    scrollPaddingStart: CONTEXT,
    anchorTo: 'end',
    // A window that only now reaches the end got older news: the reader stays where they are.
    followOnAppend: complete && followed.current,
    scrollEndThreshold: NEAR_END,
    initialOffset: () => offsetOf(target, rows, width.current),
    directDomUpdates: true,
    directDomUpdatesMode: 'position',
    onChange: (instance) => report.current(instance),
    observeElementRect: (instance, tell) =>
      observeElementRect(instance, (rect) => {
        tell(rect);
        report.current(instance);
      }),
  });
  // What changes above the view is made up for in every direction of scrolling; what changes below it is not.
  virtualizer.shouldAdjustScrollPositionOnItemSizeChange = (item, _delta, instance) => {
    const offset = instance.scrollOffset ?? 0;
    return instance.itemSizeCache.has(item.key) ? item.end <= offset : item.start < offset;
  };

  // Rows that are new on the page are measured before they are painted, so that nothing moves afterwards. The
  // virtualizer does that only while nothing scrolls.
  useLayoutEffect(() => {
    const fresh: [number, number][] = [];
    for (const { index, key } of virtualizer.getVirtualItems()) {
      const node = virtualizer.elementsCache.get(key);
      if (node && !virtualizer.itemSizeCache.has(key)) fresh.push([index, node.offsetHeight]);
    }
    // Behind this commit and before the paint: what moves by it is rendered at once.
    if (fresh.length === 0) return;
    queueMicrotask(() => {
      for (const [index, height] of fresh) virtualizer.resizeItem(index, height);
    });
  });

  useLayoutEffect(() => {
    followed.current = complete;
    if (scroller.current) width.current = textWidth(scroller.current.clientWidth);
  });

  // The rows changed without a scroll: what is visible may be another part of them.
  // biome-ignore lint/correctness/useExhaustiveDependencies: for every change of the rows
  useEffect(() => report.current(virtualizer), [rows, complete]);

  useEffect(() => {
    if (marked === undefined) return;
    const timer = setTimeout(() => mark(undefined), MARKED);
    return () => clearTimeout(timer);
  }, [marked]);

  useImperativeHandle(
    ref,
    () => ({
      toEnd: () => virtualizer.scrollToEnd(),
      show: (n, place) => {
        const index = indexOf(rows, n);
        if (index === undefined) return false;
        virtualizer.scrollToIndex(index, { align: place === 'top' ? 'start' : 'center' });
        mark(place === 'middle' ? n : undefined);
        return true;
      },
      focusLast: () => keys.move(rows.length - 1),
    }),
    [virtualizer, rows, keys.move],
  );

  // The row that the keyboard came to is brought into view and focused.
  const { wanted, arrived } = keys;
  useLayoutEffect(() => {
    if (wanted === undefined) return;
    virtualizer.scrollToIndex(wanted, { align: 'auto' });
    scroller.current
      ?.querySelector<HTMLElement>(`[data-index="${wanted}"] > article`)
      ?.focus({ preventScroll: true });
    arrived();
  }, [wanted, arrived, virtualizer]);

  const items = virtualizer.getVirtualItems();
  const top = rows[viewOf(virtualizer, rows).first];
  return (
    <div className="relative min-h-0 flex-1">
      <div
        ref={scroller}
        // What is new is told by the announcer; the rows come and go while one scrolls.
        role="log"
        aria-live="off"
        aria-busy={busy}
        aria-label={t('conversation:messages')}
        tabIndex={active === undefined ? 0 : -1}
        onKeyDown={(event) => {
          if (event.key === 'Escape') onEscape();
          else if (event.key === 'End' && !event.ctrlKey && !event.shiftKey) onEnd();
          else keys.onKeyDown(event);
        }}
        onFocus={keys.onFocus}
        className="timeline flex h-full flex-col overflow-y-auto overflow-x-hidden overscroll-contain outline-none [overflow-anchor:none]"
      >
        <div ref={virtualizer.containerRef} className="relative mt-auto w-full shrink-0">
          <div className="absolute inset-x-0 top-0 flex flex-col justify-end" style={{ height: BEFORE }}>
            {before}
          </div>
          {items.map((item) => {
            const row = rows[item.index];
            if (!row) return null;
            const n = row.message?.n;
            return (
              <div
                key={item.key}
                ref={virtualizer.measureElement}
                data-index={item.index}
                className="absolute inset-x-0 flow-root"
              >
                <RowView
                  row={row}
                  active={item.index === active}
                  highlighted={marked !== undefined && n === marked}
                  readers={n === undefined ? undefined : readers.get(n)}
                />
              </div>
            );
          })}
          <div className="absolute inset-x-0 bottom-0 flex justify-center" style={{ height: AFTER }}>
            {after}
          </div>
        </div>
      </div>
      {top && (
        <DateChip at={top.at} visible={virtualizer.isScrolling && (virtualizer.scrollOffset ?? 0) > BEFORE} />
      )}
    </div>
  );
}

/** The pixels that a line of text has in a timeline of some width: see `message.tsx`. */
function textWidth(width: number): number {
  return Math.min(width, 896) - 120;
}

/** Where the window is shown first, as far as heights are known: they are made up for as rows are measured. */
function offsetOf(target: Target, rows: readonly Row[], width: number): number {
  let offset = BEFORE;
  const last = target.kind === 'end' ? rows.length : (indexOf(rows, target.n) ?? rows.length);
  for (let i = 0; i < last; i++) offset += rows[i] ? estimateRow(rows[i] as Row, width) : 0;
  if (target.kind === 'end') return offset + AFTER;
  const above = target.place === 'top' ? CONTEXT : globalThis.innerHeight * 0.35;
  return Math.max(0, offset - above);
}
