import { Menu as Base } from '@base-ui/react/menu';
import type { ReactElement, ReactNode, RefObject } from 'react';
import { classes } from '../classes.ts';
import { Keys } from '../keys.tsx';

interface MenuPopupProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  /** What it hangs on, and what has the focus afterwards. */
  anchor: RefObject<HTMLElement | null>;
  children: ReactNode;
}

export function MenuPopup({ open, onOpenChange, anchor, children }: MenuPopupProps) {
  return (
    <Base.Root open={open} onOpenChange={onOpenChange}>
      <Base.Portal>
        <Base.Positioner
          anchor={anchor}
          sideOffset={4}
          align="end"
          collisionPadding={8}
          className="outline-none"
        >
          <Base.Popup
            finalFocus={() => (movedOn() ? false : anchor.current)}
            className="popup-motion max-h-(--available-height) min-w-48 overflow-y-auto rounded-xl bg-raised p-1 shadow-raised outline-none"
          >
            {children}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}

/** Whether the focus is somewhere else already: in a dialog that an item has opened. */
function movedOn(): boolean {
  const { activeElement } = document;
  return activeElement !== null && activeElement !== document.body && !activeElement.closest('[role="menu"]');
}

const itemClass =
  'flex min-h-9 items-center gap-2.5 rounded-lg px-2.5 py-1.5 outline-none data-disabled:opacity-50 pointer-coarse:min-h-11 [&_svg]:size-4 [&_svg]:shrink-0';

export interface MenuItemProps {
  icon?: ReactNode;
  danger?: boolean;
  disabled?: boolean;
  /** The keys that do the same. */
  keys?: string;
  onClick: () => void;
  children: ReactNode;
}

export function MenuItemPart({ icon, danger = false, disabled, keys, onClick, children }: MenuItemProps) {
  return (
    <Base.Item
      disabled={disabled}
      onClick={onClick}
      className={classes(
        itemClass,
        danger
          ? 'text-danger-ink data-highlighted:bg-danger-soft'
          : 'data-highlighted:bg-hover [&_svg]:text-ink-faint',
      )}
    >
      {icon}
      <span className="flex-1">{children}</span>
      {keys && <Keys keys={keys} />}
    </Base.Item>
  );
}

export interface MenuLinkProps {
  icon?: ReactNode;
  /** The router's link. */
  render: ReactElement;
  children: ReactNode;
}

export function MenuLinkPart({ icon, render, children }: MenuLinkProps) {
  return (
    <Base.LinkItem
      render={render}
      closeOnClick
      className={classes(itemClass, 'data-highlighted:bg-hover [&_svg]:text-ink-faint')}
    >
      {icon}
      <span className="flex-1">{children}</span>
    </Base.LinkItem>
  );
}

export function MenuSeparatorPart() {
  return <Base.Separator className="my-1 h-px bg-line" />;
}
