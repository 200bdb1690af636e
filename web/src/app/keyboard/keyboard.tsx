import { useNavigate, useRouter } from '@tanstack/react-router';
import { lazy, Suspense, useEffect, useState } from 'react';
import { useClient } from '#/app/client_context.tsx';
import { lastRoom } from '#/app/remembered.ts';
import { roomOrder } from '#/app/shell/room_order.ts';
import { unread } from '#/core/model.ts';
import { showSwitcher, useSwitcher } from './switcher_state.ts';
import { isTyping, useShortcuts } from './use_shortcuts.ts';

const Switcher = lazy(() => import('./switcher.tsx').then((module) => ({ default: module.Switcher })));

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

  function current(): string | undefined {
    return /^\/rooms\/([^/]+)/.exec(router.state.location.pathname)?.[1];
  }

  function go(roomId: string | undefined) {
    if (roomId) void navigate({ to: '/rooms/$roomId', params: { roomId } });
  }

  function step(by: 1 | -1, onlyUnread: boolean) {
    const { rooms } = client.store.getState();
    const order = roomOrder(rooms);
    const at = current();
    const here = at === undefined ? -1 : order.indexOf(at);
    // From nowhere, the first step leads to the first room or to the last one.
    let index = here === -1 && by === -1 ? order.length : here;
    for (index += by; index >= 0 && index < order.length; index += by) {
      const room = rooms[order[index] ?? ''];
      if (room && (!onlyUnread || unread(room) > 0)) return go(room.id);
    }
  }

  function comeBack() {
    if (document.querySelector('[role="dialog"], [role="alertdialog"], [role="menu"], [role="listbox"]'))
      return;
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
