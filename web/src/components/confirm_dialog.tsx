import type { ConfirmDialogProps } from './popups/confirm_popup.tsx';
import { useOnce, usePopups } from './use_popups.ts';

/** Asks before what cannot be undone. The safe answer has the focus. */
export function ConfirmDialog(props: ConfirmDialogProps) {
  const once = useOnce(props.open);
  const popups = usePopups(once);
  return once && popups ? <popups.ConfirmPopup {...props} /> : null;
}
