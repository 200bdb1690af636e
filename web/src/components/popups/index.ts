/** All that floats above a page, with the library that places it: fetched when something is about to float. */
export { ConfirmPopup } from './confirm_popup.tsx';
export { DialogPopup } from './dialog_popup.tsx';
export { MenuItemPart, MenuLinkPart, MenuPopup, MenuSeparatorPart } from './menu_popup.tsx';
export { PopoverPopup } from './popover_popup.tsx';
export { addToast, closeToast, ToastStack } from './toast_stack.tsx';
