import { type FocusEvent, type KeyboardEvent, useCallback, useState } from 'react';
import { useActions } from './actions.ts';
import type { Row } from './rows.ts';

interface RowKeys {
  /** The row that Tab leads to. */
  readonly active: number | undefined;
  /** The row that shall have the focus, until it has. */
  readonly wanted: number | undefined;
  readonly arrived: () => void;
  readonly move: (index: number) => void;
  readonly onKeyDown: (event: KeyboardEvent<HTMLElement>) => void;
  readonly onFocus: (event: FocusEvent<HTMLElement>) => void;
}

/** Arrows go from message to message, R answers the one they are on. */
export function useRowKeys(rows: readonly Row[]): RowKeys {
  const { reply, mayReply } = useActions();
  const [key, setKey] = useState<string>();
  const [wantedKey, want] = useState<string>();

  const move = useCallback(
    (index: number) => {
      const row = rows[Math.min(Math.max(index, 0), rows.length - 1)];
      setKey(row?.key);
      want(row?.key);
    },
    [rows],
  );
  const arrived = useCallback(() => want(undefined), []);
  const active = indexOfKey(rows, key);

  const onKeyDown = (event: KeyboardEvent<HTMLElement>) => {
    const { target } = event;
    // Not from within a message: its links, code and buttons have keys of their own.
    if (event.defaultPrevented || !(target instanceof HTMLElement) || isModified(event)) return;
    if (target !== event.currentTarget && target.tagName !== 'ARTICLE') return;
    const from = target === event.currentTarget ? undefined : active;
    switch (event.key) {
      case 'ArrowUp':
        move(from === undefined ? rows.length - 1 : from - 1);
        break;
      case 'ArrowDown':
        if (from === undefined) return;
        move(from + 1);
        break;
      case 'r':
      case 'R': {
        const message = from === undefined ? undefined : rows[from]?.message;
        if (!message || !mayReply) return;
        reply(message);
        break;
      }
      default:
        return;
    }
    event.preventDefault();
  };

  const onFocus = (event: FocusEvent<HTMLElement>) => {
    const row = (event.target as HTMLElement).closest<HTMLElement>('[data-index]');
    if (row) setKey(rows[Number(row.dataset.index)]?.key);
  };

  return { active, wanted: indexOfKey(rows, wantedKey), arrived, move, onKeyDown, onFocus };
}

function isModified(event: KeyboardEvent): boolean {
  return event.ctrlKey || event.metaKey || event.altKey;
}

function indexOfKey(rows: readonly Row[], key: string | undefined): number | undefined {
  if (key === undefined) return undefined;
  for (let i = rows.length - 1; i >= 0; i--) if (rows[i]?.key === key) return i;
  return undefined;
}
