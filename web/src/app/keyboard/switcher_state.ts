import { create } from 'zustand';

/** Whether the switcher is shown: keys and buttons open it. */
export const useSwitcher = create<{ open: boolean }>(() => ({ open: false }));

export function showSwitcher(open: boolean): void {
  useSwitcher.setState({ open });
}
