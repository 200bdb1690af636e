import { type ReactNode, useRef, useState } from 'react';
import { type Trigger, wireTrigger } from './popup_trigger.ts';
import { useOnce, usePopups } from './use_popups.ts';

interface PopoverProps {
  /** A button, such as an `IconButton`. */
  trigger: Trigger;
  title: string;
  children: ReactNode;
}

/** More about something, beside it. */
export function Popover({ trigger, title, children }: PopoverProps) {
  const [open, setOpen] = useState(false);
  const anchor = useRef<HTMLElement>(null);
  const once = useOnce(open);
  const popups = usePopups(once);
  return (
    <>
      {wireTrigger(trigger, { anchor, popup: 'dialog', open, onOpenChange: setOpen })}
      {once && popups && (
        <popups.PopoverPopup open={open} onOpenChange={setOpen} anchor={anchor} title={title}>
          {children}
        </popups.PopoverPopup>
      )}
    </>
  );
}
