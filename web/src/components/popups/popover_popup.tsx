import { Popover as Base } from '@base-ui/react/popover';
import type { ReactNode, RefObject } from 'react';

interface PopoverPopupProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  anchor: RefObject<HTMLElement | null>;
  title: string;
  children: ReactNode;
}

export function PopoverPopup({ open, onOpenChange, anchor, title, children }: PopoverPopupProps) {
  return (
    <Base.Root open={open} onOpenChange={onOpenChange} modal>
      <Base.Portal>
        <Base.Positioner anchor={anchor} side="top" align="start" sideOffset={8} collisionPadding={8}>
          <Base.Popup
            finalFocus={anchor}
            className="popup-motion w-80 max-w-[calc(100vw-1rem)] rounded-xl bg-raised p-4 shadow-raised outline-none"
          >
            <Base.Title className="font-semibold">{title}</Base.Title>
            {children}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}
