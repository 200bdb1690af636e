/** Light or dark: the system's, or the one chosen on this device. `public/theme.js` applies it before the first paint. */
export type ThemeChoice = 'system' | 'light' | 'dark';

const KEY = 'chappe.theme';

export function themeChoice(): ThemeChoice {
  try {
    return asChoice(localStorage.getItem(KEY));
  } catch {
    return asChoice(document.documentElement.dataset.theme);
  }
}

export function chooseTheme(choice: ThemeChoice): void {
  apply(choice);
  try {
    if (choice === 'system') localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, choice);
  } catch {
    // Storage is forbidden: the choice holds until the page goes.
  }
}

/** Follows what is chosen in other tabs. */
export function followTheme(): void {
  window.addEventListener('storage', (event) => {
    if (event.key === KEY) apply(asChoice(event.newValue));
  });
}

function apply(choice: ThemeChoice): void {
  if (choice === 'system') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = choice;
}

function asChoice(value: string | null | undefined): ThemeChoice {
  return value === 'light' || value === 'dark' ? value : 'system';
}
