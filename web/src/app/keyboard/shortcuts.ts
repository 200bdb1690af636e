/**
 * Every shortcut there is, for the page that lists them and for the handlers. Those of `writing` and `messages` are
 * heard in `#/conversation`. `Mod` is Ctrl, or ⌘ on Apple's machines.
 */
export const SHORTCUTS = {
  switcher: { group: 'anywhere', chords: ['Mod+K'] },
  shortcuts: { group: 'anywhere', chords: ['Mod+/', '?'] },
  escape: { group: 'anywhere', chords: ['Esc'] },
  previous_room: { group: 'rooms', chords: ['Alt+Up'] },
  next_room: { group: 'rooms', chords: ['Alt+Down'] },
  previous_unread: { group: 'rooms', chords: ['Alt+Shift+Up'] },
  next_unread: { group: 'rooms', chords: ['Alt+Shift+Down'] },
  move: { group: 'list', chords: ['Up', 'Down'] },
  ends: { group: 'list', chords: ['Home', 'End'] },
  open: { group: 'list', chords: ['Enter'] },
  send: { group: 'writing', chords: ['Enter'] },
  new_line: { group: 'writing', chords: ['Shift+Enter'] },
  last_message: { group: 'writing', chords: ['Up'] },
  move_messages: { group: 'messages', chords: ['Up', 'Down'] },
  reply: { group: 'messages', chords: ['R'] },
  newest: { group: 'messages', chords: ['End'] },
} as const satisfies Record<string, { group: ShortcutGroup; chords: readonly string[] }>;

export type ShortcutGroup = 'anywhere' | 'rooms' | 'list' | 'writing' | 'messages';
export type Shortcut = keyof typeof SHORTCUTS;

const APPLE = typeof navigator !== 'undefined' && /Mac|iPhone|iPad/.test(navigator.userAgent);

const NAMES: Record<string, string> = { Esc: 'Escape', Up: 'ArrowUp', Down: 'ArrowDown' };

type Pressed = Pick<KeyboardEvent, 'key' | 'code' | 'altKey' | 'ctrlKey' | 'metaKey' | 'shiftKey'>;

/** Whether a key event is one of a shortcut's chords. */
export function isShortcut(event: Pressed, shortcut: Shortcut): boolean {
  return SHORTCUTS[shortcut].chords.some((chord) => isChord(event, chord));
}

function isChord(event: Pressed, chord: string): boolean {
  const parts = chord.split('+');
  const key = parts[parts.length - 1] ?? '';
  const mod = APPLE ? event.metaKey : event.ctrlKey;
  const other = APPLE ? event.ctrlKey : event.metaKey;
  // A sign such as `?` is on another key with or without Shift, depending on the keyboard.
  const shift = key === '?' || event.shiftKey === parts.includes('Shift');
  return (
    mod === parts.includes('Mod') &&
    !other &&
    event.altKey === parts.includes('Alt') &&
    shift &&
    isKey(event, key)
  );
}

function isKey(event: Pressed, key: string): boolean {
  if (event.key.toLowerCase() === (NAMES[key] ?? key).toLowerCase()) return true;
  // On a keyboard of another alphabet the key at the same place does it: Ctrl+Л is Ctrl+K.
  const foreign = event.key.length === 1 && event.key > '\u007f';
  return foreign && (event.code === `Key${key}` || (key === '/' && event.code === 'Slash'));
}
