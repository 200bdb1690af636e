import { Autocomplete } from '@base-ui/react/autocomplete';
import { Dialog } from '@base-ui/react/dialog';
import { useNavigate } from '@tanstack/react-router';
import { Search } from 'lucide-react';
import { useState } from 'react';
import { Keys } from '#/components/keys.tsx';
import { backdropClass } from '#/components/popups/dialog_popup.tsx';
import { Spinner } from '#/components/spinner.tsx';
import { useText } from '#/i18n/text.ts';
import { useDirectChat } from '#/pages/people/use_direct_chat.ts';
import { type Target, useTargets } from './use_targets.tsx';

interface SwitcherProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
}

/** Goes to a room, a person or a page by the beginning of its name. */
export function Switcher({ open, onOpenChange }: SwitcherProps) {
  const t = useText();
  return (
    <Dialog.Root open={open} onOpenChange={onOpenChange}>
      <Dialog.Portal>
        <Dialog.Backdrop className={backdropClass} />
        <Dialog.Popup
          aria-label={t('keys:switcher_label')}
          className="popup-motion fixed inset-x-3 top-[max(0.75rem,10vh)] mx-auto flex max-h-[min(32rem,80vh)] max-w-xl flex-col overflow-hidden rounded-2xl bg-raised shadow-raised outline-none"
        >
          <Targets onDone={() => onOpenChange(false)} />
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

function Targets({ onDone }: { onDone: () => void }) {
  const t = useText();
  const navigate = useNavigate();
  const chat = useDirectChat();
  const [typed, setTyped] = useState('');
  const { groups, searching } = useTargets(typed);

  function go(target: Target) {
    onDone();
    if (target.kind === 'person') chat.mutate(target.id);
    else void navigate(target.to);
  }

  return (
    <Autocomplete.Root
      inline
      open
      items={groups}
      mode="none"
      autoHighlight="always"
      keepHighlight
      value={typed}
      onValueChange={(value, { reason }) => reason !== 'item-press' && setTyped(value)}
      itemToStringValue={(target: Target) => target.name}
    >
      <div className="flex items-center gap-3 border-line border-b px-4">
        <Search className="size-4 shrink-0 text-ink-faint" aria-hidden="true" />
        <Autocomplete.Input
          aria-label={t('keys:switcher_label')}
          placeholder={t('keys:switcher_placeholder')}
          className="h-13 min-w-0 flex-1 bg-transparent text-base outline-none"
          dir="auto"
        />
        {searching && <Spinner className="text-ink-faint" />}
      </div>
      <Autocomplete.Empty className="px-4 py-8 text-center text-ink-soft empty:hidden">
        {searching ? t('loading') : t('keys:switcher_empty')}
      </Autocomplete.Empty>
      <Autocomplete.List className="min-h-0 flex-1 overflow-y-auto overscroll-contain p-2 outline-none empty:hidden">
        {(group: (typeof groups)[number]) => (
          <Autocomplete.Group key={group.label} items={group.items} className="mb-1">
            <Autocomplete.GroupLabel className="px-2.5 pt-2 pb-1 font-medium text-2xs text-ink-faint">
              {group.label}
            </Autocomplete.GroupLabel>
            <Autocomplete.Collection>
              {(target: Target) => (
                <Autocomplete.Item
                  key={target.id}
                  value={target}
                  onClick={() => go(target)}
                  className="flex min-h-10 items-center gap-3 rounded-lg px-2.5 outline-none data-highlighted:bg-hover pointer-coarse:min-h-12"
                >
                  {target.picture}
                  <span dir="auto" className="min-w-0 truncate">
                    {target.name}
                  </span>
                  <span className="min-w-0 flex-1 truncate text-[0.8125rem] text-ink-faint">
                    {target.more}
                  </span>
                  {target.badge}
                </Autocomplete.Item>
              )}
            </Autocomplete.Collection>
          </Autocomplete.Group>
        )}
      </Autocomplete.List>
      <div
        aria-hidden="true"
        className="hidden items-center gap-4 border-line border-t px-4 py-2 text-ink-faint text-xs sm:flex"
      >
        <span className="flex items-center gap-1.5">
          <Keys keys="Up" />
          <Keys keys="Down" />
          {t('keys:switcher_move')}
        </span>
        <span className="flex items-center gap-1.5">
          <Keys keys="Enter" />
          {t('keys:switcher_open')}
        </span>
      </div>
    </Autocomplete.Root>
  );
}
