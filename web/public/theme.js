// Runs before the first paint, so that a chosen theme does not flash in the other one. The app's `theme.ts` keeps it.
(() => {
  let choice = null;
  try {
    choice = localStorage.getItem('chappe.theme');
  } catch {
    // Storage is forbidden: the system's theme holds.
  }
  if (choice === 'light' || choice === 'dark') document.documentElement.dataset.theme = choice;
})();
