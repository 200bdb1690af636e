import { cloneElement, type HTMLAttributes, type ReactElement, type Ref, type RefObject } from 'react';
import { preparePopups } from './use_popups.ts';

export type Trigger = ReactElement<HTMLAttributes<HTMLElement> & { ref?: Ref<HTMLElement> }>;

interface Wiring {
  anchor: RefObject<HTMLElement | null>;
  popup: 'menu' | 'dialog';
  open: boolean;
  onOpenChange: (open: boolean) => void;
}

/** A button that opens a popup, whose code is fetched when the button is about to be pressed. */
export function wireTrigger(trigger: Trigger, { anchor, popup, open, onOpenChange }: Wiring): ReactElement {
  return cloneElement(trigger, {
    ref: anchor,
    'aria-haspopup': popup,
    'aria-expanded': open,
    ...(open && { 'data-popup-open': '' }),
    onPointerEnter: preparePopups,
    onFocus: preparePopups,
    onClick: () => onOpenChange(!open),
    onKeyDown: (event) => {
      if (popup !== 'menu' || event.key !== 'ArrowDown') return;
      event.preventDefault();
      onOpenChange(true);
    },
  });
}
