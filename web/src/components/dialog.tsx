import type { DialogProps } from './popups/dialog_popup.tsx';
import { useOnce, usePopups } from './use_popups.ts';

/** A question or a small form in front of the page. */
export function Dialog(props: DialogProps) {
  const once = useOnce(props.open);
  const popups = usePopups(once);
  return once && popups ? <popups.DialogPopup {...props} /> : null;
}
