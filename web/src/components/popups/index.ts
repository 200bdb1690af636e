import { ConfirmPopup } from './confirm_popup.tsx';
import { DialogPopup } from './dialog_popup.tsx';
import { MenuItemPart, MenuLinkPart, MenuPopup, MenuSeparatorPart } from './menu_popup.tsx';
import { PopoverPopup } from './popover_popup.tsx';
import { addToast, closeToast, ToastStack } from './toast_stack.tsx';

/** All that floats above a page, with the library that places it: fetched when something is about to float. */
export const popups = {
  ConfirmPopup,
  DialogPopup,
  MenuItemPart,
  MenuLinkPart,
  MenuPopup,
  MenuSeparatorPart,
  PopoverPopup,
  ToastStack,
  addToast,
  closeToast,
};
