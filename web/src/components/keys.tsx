import { classes } from './classes.ts';

const APPLE = typeof navigator !== 'undefined' && /Mac|iPhone|iPad/.test(navigator.userAgent);
const NAMES: Record<string, string> = APPLE
  ? { Mod: '⌘', Alt: '⌥', Shift: '⇧', Up: '↑', Down: '↓', Enter: '↵' }
  : { Mod: 'Ctrl', Up: '↑', Down: '↓', Enter: '↵' };

/** A chord such as `Mod+K`, as its keys look on this machine. */
export function Keys({ keys, className }: { keys: string; className?: string }) {
  return (
    <span dir="ltr" className={classes('inline-flex items-center gap-0.5', className)}>
      {keys.split('+').map((key) => (
        <kbd
          key={key}
          className="min-w-5 rounded border border-line bg-sunken px-1 text-center font-sans text-2xs text-ink-soft"
        >
          {NAMES[key] ?? key}
        </kbd>
      ))}
    </span>
  );
}
