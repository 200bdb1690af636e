import { Outlet, useRouterState } from '@tanstack/react-router';
import { Keyboard } from '#/app/keyboard/keyboard.tsx';
import { useWide } from '#/app/use_wide.ts';
import { classes } from '#/components/classes.ts';
import { useText } from '#/i18n/text.ts';
import { ConnectionBanner } from './connection_banner.tsx';
import { Sidebar } from './sidebar.tsx';
import { UnreadTotal } from './unread_total.tsx';

/** The rooms beside the page that is open; on phones one of the two. */
export function Shell() {
  const t = useText();
  const home = useRouterState({ select: (state) => state.matches.at(-1)?.fullPath === '/' });
  const wide = useWide();
  return (
    <div className="grid h-full grid-cols-[minmax(0,1fr)] grid-rows-[auto_minmax(0,1fr)] md:grid-cols-[clamp(17rem,26vw,22rem)_minmax(0,1fr)] md:grid-rows-[minmax(0,1fr)_auto]">
      <button
        type="button"
        onClick={() => document.getElementById('content')?.focus()}
        className="sr-only focus:not-sr-only focus:fixed focus:start-3 focus:top-3 focus:z-10 focus:rounded-lg focus:bg-raised focus:px-4 focus:py-2 focus:shadow-raised"
      >
        {t('shell:skip_to_content')}
      </button>
      <ConnectionBanner />
      <div role={home && !wide ? 'main' : undefined} className="contents">
        <Sidebar
          className={classes('row-start-2 md:col-start-1 md:row-start-1 md:flex', home ? 'flex' : 'hidden')}
        />
      </div>
      <main
        id="content"
        tabIndex={-1}
        className={classes(
          'row-start-2 min-h-0 min-w-0 flex-col outline-none md:col-start-2 md:row-span-2 md:row-start-1 md:flex',
          home ? 'hidden' : 'flex',
        )}
      >
        <Outlet />
      </main>
      <Keyboard />
      <UnreadTotal />
    </div>
  );
}
