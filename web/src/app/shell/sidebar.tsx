import { Link, useNavigate } from '@tanstack/react-router';
import {
  Compass,
  FileWarning,
  Keyboard,
  ListFilter,
  LogOut,
  MessageCircle,
  Plus,
  Search,
  Settings,
  SquarePen,
  X,
} from 'lucide-react';
import { useDeferredValue, useState } from 'react';
import { useClient, useLive } from '#/app/client_context.tsx';
import { showSwitcher } from '#/app/keyboard/switcher_state.ts';
import { strandedCount } from '#/app/stranded.ts';
import { Avatar } from '#/components/avatar.tsx';
import { classes } from '#/components/classes.ts';
import { IconButton } from '#/components/icon_button.tsx';
import { Mark } from '#/components/mark.tsx';
import { Menu, MenuItem, MenuLink, MenuSeparator } from '#/components/menu.tsx';
import { useText } from '#/i18n/text.ts';
import { LogOutDialog } from '#/pages/profile/log_out_dialog.tsx';
import { RoomList } from './room_list.tsx';

/** The person's rooms, and the ways to others. */
export function Sidebar({ className }: { className?: string }) {
  const t = useText();
  const [find, setFind] = useState('');
  const [onlyUnread, setOnlyUnread] = useState(false);
  const term = useDeferredValue(find);
  return (
    <nav
      aria-label={t('shell:rooms')}
      className={classes('min-h-0 min-w-0 flex-col border-line bg-surface md:border-e', className)}
    >
      {/* Where the rooms are the page. */}
      <h1 className="sr-only md:hidden">{t('shell:rooms')}</h1>
      <Header />
      <div className="flex items-center gap-1 px-3 pb-2">
        <FindField value={find} onValueChange={setFind} />
        <IconButton
          label={t('shell:only_unread')}
          icon={<ListFilter />}
          aria-pressed={onlyUnread}
          className={onlyUnread ? 'bg-accent-soft text-accent-ink' : undefined}
          onClick={() => setOnlyUnread(!onlyUnread)}
        />
      </div>
      <RoomList find={term} onlyUnread={onlyUnread} />
      <StrandedLink />
    </nav>
  );
}

function Header() {
  const t = useText();
  const me = useLive((state) => state.me);
  const [leaving, setLeaving] = useState(false);
  return (
    <div className="flex h-14 shrink-0 items-center gap-1 ps-4 pe-3">
      <Mark className="size-6 text-accent" />
      <span className="ms-1 flex-1 font-semibold text-base tracking-tight">{t('app_name')}</span>
      <IconButton
        label={t('keys:switcher')}
        keys="Mod+K"
        icon={<Search />}
        onClick={() => showSwitcher(true)}
      />
      <Menu trigger={<IconButton label={t('shell:create')} icon={<Plus />} />}>
        <MenuLink icon={<SquarePen />} render={<Link to="/new-room" />}>
          {t('rooms:new_room')}
        </MenuLink>
        <MenuLink icon={<MessageCircle />} render={<Link to="/people" />}>
          {t('rooms:people')}
        </MenuLink>
        <MenuLink icon={<Compass />} render={<Link to="/discover" />}>
          {t('rooms:discover')}
        </MenuLink>
      </Menu>
      <Menu
        trigger={
          <IconButton
            label={t('shell:account')}
            icon={<Avatar id={me.id} name={me.display_name} size="sm" />}
          />
        }
      >
        <div className="max-w-64 px-2.5 pt-1.5 pb-2">
          <div className="truncate font-medium" dir="auto">
            {me.display_name}
          </div>
          <div className="truncate text-ink-faint text-xs">
            <bdi dir="ltr">@{me.username}</bdi>
          </div>
        </div>
        <MenuSeparator />
        <MenuLink icon={<Settings />} render={<Link to="/profile" />}>
          {t('profile:title')}
        </MenuLink>
        <MenuLink icon={<Keyboard />} render={<Link to="/shortcuts" />}>
          {t('keys:title')}
        </MenuLink>
        <MenuSeparator />
        <MenuItem icon={<LogOut />} onClick={() => setLeaving(true)}>
          {t('profile:log_out')}
        </MenuItem>
      </Menu>
      <LogOutDialog open={leaving} onOpenChange={setLeaving} />
    </div>
  );
}

function FindField({ value, onValueChange }: { value: string; onValueChange: (value: string) => void }) {
  const t = useText();
  const client = useClient();
  const navigate = useNavigate();
  return (
    <div className="relative min-w-0 flex-1">
      <Search
        className="pointer-events-none absolute start-2.5 top-1/2 size-4 -translate-y-1/2 text-ink-faint"
        aria-hidden="true"
      />
      <input
        type="search"
        aria-label={t('shell:find')}
        placeholder={t('shell:find')}
        value={value}
        onChange={(event) => onValueChange(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === 'Escape' && value) {
            event.preventDefault();
            onValueChange('');
          }
          if (event.key !== 'ArrowDown' && event.key !== 'Enter') return;
          const first = document.querySelector<HTMLElement>('[data-room-row]');
          if (!first) return;
          event.preventDefault();
          const roomId = first.dataset.roomRow;
          if (event.key === 'ArrowDown') first.focus();
          else if (roomId && client.store.getState().rooms[roomId])
            void navigate({ to: '/rooms/$roomId', params: { roomId } });
        }}
        className="h-9 w-full appearance-none rounded-lg bg-sunken ps-8.5 pe-8 text-sm ring-1 ring-line ring-inset transition-colors pointer-coarse:h-11 pointer-coarse:text-base"
      />
      {value && (
        <button
          type="button"
          aria-label={t('shell:clear_find')}
          onClick={() => onValueChange('')}
          className="absolute end-1 top-1/2 flex size-7 -translate-y-1/2 items-center justify-center rounded-md text-ink-faint hover:text-ink"
        >
          <X className="size-4" aria-hidden="true" />
        </button>
      )}
    </div>
  );
}

/** Leads to what was written for rooms that went away, while there is some. */
function StrandedLink() {
  const t = useText();
  const count = useLive(strandedCount);
  if (count === 0) return null;
  return (
    <Link
      to="/unsent"
      className="flex min-h-11 items-center gap-2.5 border-line border-t px-4 py-2 text-[0.8125rem] text-ink-soft hover:bg-hover hover:text-ink"
    >
      <FileWarning className="size-4 shrink-0" aria-hidden="true" />
      {t('shell:unsent_link', { count })}
    </Link>
  );
}
