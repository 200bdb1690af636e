import { useNavigate, useRouter } from '@tanstack/react-router';
import { lazy, Suspense, useEffect, useRef, useState } from 'react';
import { useClient } from '#/app/client_context.tsx';
import { lastRoom } from '#/app/remembered.ts';
import { nextRoom, roomOrder } from '#/app/shell/room_order.ts';
import { unread } from '#/core/model.ts';
import { showSwitcher, useSwitcher } from './switcher_state.ts';
import { isTyping, useShortcuts } from './use_shortcuts.ts';

const Switcher = lazy(() => import('./switcher.tsx').then((module) => ({ default: module.Switcher })));

/** What Esc closes by itself while the focus is in it. */
const POPUPS = '[role="dialog"], [role="alertdialog"], [role="menu"], [role="listbox"]';

/** What keys do on every page, and the switcher that they open. */
export function Keyboard() {
  const client = useClient();
  const router = useRouter();
  const navigate = useNavigate();
  const switching = useSwitcher((state) => state.open);
  // Stays once it was there, so that it can go in a calm way.
  const [wanted, setWanted] = useState(false);
  useEffect(() => {
    if (switching) setWanted(true);
  }, [switching]);

  // Looked at before the popup hears of the key, which may be gone when this does.
  const closing = useRef(false);
  useEffect(() => {
    const look = () => {
      closing.current = document.activeElement?.closest(POPUPS) != null;
    };
    window.addEventListener('keydown', look, { capture: true });
    return () => window.removeEventListener('keydown', look, { capture: true });
  }, []);

  function current(): string | undefined {
    return /^\/rooms\/([^/]+)/.exec(router.state.location.pathname)?.[1];
  }

  function go(roomId: string | undefined) {
    if (roomId) void navigate({ to: '/rooms/$roomId', params: { roomId } });
  }

  function step(by: 1 | -1, onlyUnread: boolean) {
    const { rooms } = client.store.getState();
    const here = current();
    const wanted = onlyUnread ? (id: string) => rooms[id] !== undefined && unread(rooms[id]) > 0 : () => true;
    go(nextRoom(roomOrder(rooms), here, by, wanted, onlyUnread));
  }

  function comeBack() {
    if (closing.current) return;
    const focused = document.activeElement;
    const composer = document.querySelector<HTMLElement>('[data-composer]');
    if (composer) return composer.focus();
    // A form keeps what is in it; the second Esc leaves.
    if (focused instanceof HTMLElement && isTyping(focused)) return focused.blur();
    go(current() ?? lastRoom(client.store.getState().me.id).get());
  }

  useShortcuts({
    switcher: () => showSwitcher(true),
    shortcuts: () => void navigate({ to: '/shortcuts' }),
    escape: comeBack,
    previous_room: () => step(-1, false),
    next_room: () => step(1, false),
    previous_unread: () => step(-1, true),
    next_unread: () => step(1, true),
  });

  return <Suspense>{wanted && <Switcher open={switching} onOpenChange={showSwitcher} />}</Suspense>;
}
