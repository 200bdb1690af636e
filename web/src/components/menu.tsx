import { type ReactNode, useRef, useState } from 'react';
import { type Trigger, wireTrigger } from './popup_trigger.ts';
import type { MenuItemProps, MenuLinkProps } from './popups/menu_popup.tsx';
import { useOnce, usePopups } from './use_popups.ts';

interface MenuProps {
  /** A button, such as an `IconButton`. */
  trigger: Trigger;
  onOpenChange?: (open: boolean) => void;
  children: ReactNode;
}

/** What can be done with something. */
export function Menu({ trigger, onOpenChange, children }: MenuProps) {
  const [open, setOpen] = useState(false);
  const anchor = useRef<HTMLElement>(null);
  const once = useOnce(open);
  const popups = usePopups(once);
  function change(next: boolean) {
    setOpen(next);
    onOpenChange?.(next);
  }
  return (
    <>
      {wireTrigger(trigger, { anchor, popup: 'menu', open, onOpenChange: change })}
      {once && popups && (
        <popups.MenuPopup open={open} onOpenChange={change} anchor={anchor}>
          {children}
        </popups.MenuPopup>
      )}
    </>
  );
}

export function MenuItem(props: MenuItemProps) {
  const popups = usePopups(true);
  return popups && <popups.MenuItemPart {...props} />;
}

/** An item that leads somewhere. */
export function MenuLink(props: MenuLinkProps) {
  const popups = usePopups(true);
  return popups && <popups.MenuLinkPart {...props} />;
}

export function MenuSeparator() {
  const popups = usePopups(true);
  return popups && <popups.MenuSeparatorPart />;
}
