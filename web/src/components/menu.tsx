import { Menu as Base } from '@base-ui/react/menu';
import type { ReactElement, ReactNode } from 'react';
import { classes } from './classes.ts';
import { Keys } from './keys.tsx';

interface MenuProps {
  trigger: ReactElement;
  /** For a trigger that is there only while it is wanted. */
  onOpenChange?: (open: boolean) => void;
  children: ReactNode;
}

/** What can be done with something. `trigger` is a button, such as an `IconButton`. */
export function Menu({ trigger, onOpenChange, children }: MenuProps) {
  return (
    <Base.Root onOpenChange={onOpenChange}>
      <Base.Trigger render={trigger} />
      <Base.Portal>
        <Base.Positioner sideOffset={4} align="end" collisionPadding={8} className="outline-none">
          <Base.Popup className="popup-motion max-h-(--available-height) min-w-48 overflow-y-auto rounded-xl bg-raised p-1 shadow-raised outline-none">
            {children}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}

const itemClass =
  'flex min-h-9 items-center gap-2.5 rounded-lg px-2.5 py-1.5 outline-none data-disabled:opacity-50 pointer-coarse:min-h-11 [&_svg]:size-4 [&_svg]:shrink-0';

interface MenuItemProps {
  icon?: ReactNode;
  danger?: boolean;
  disabled?: boolean;
  /** The keys that do the same. */
  keys?: string;
  onClick: () => void;
  children: ReactNode;
}

export function MenuItem({ icon, danger = false, disabled, keys, onClick, children }: MenuItemProps) {
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

/** An item that leads somewhere: `render` is the router's link. */
export function MenuLink({
  icon,
  render,
  children,
}: {
  icon?: ReactNode;
  render: ReactElement;
  children: ReactNode;
}) {
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

export function MenuSeparator() {
  return <Base.Separator className="my-1 h-px bg-line" />;
}
