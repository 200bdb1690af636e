import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  Outlet,
  type RouterHistory,
  redirect,
} from '@tanstack/react-router';
import type { Count } from '#/core/model.ts';
import type { Sessions } from '#/core/session.ts';
import { ErrorPage } from '#/pages/error_page.tsx';
import { NotFoundPage } from '#/pages/not_found_page.tsx';
import type { ClientKeeper } from './client_keeper.ts';
import { safeNext } from './guards.ts';
import { lazyPage } from './lazy_page.tsx';

export interface RouterContext {
  sessions: Sessions;
  keeper: ClientKeeper;
}

const root = createRootRouteWithContext<RouterContext>()({ component: Outlet });

/** Pages for those who are not signed in. */
const guest = createRoute({
  getParentRoute: () => root,
  id: 'guest',
  validateSearch: (search: Record<string, unknown>): { next?: string } => {
    const next = safeNext(search.next);
    return next === undefined ? {} : { next };
  },
  beforeLoad: ({ context, search }) => {
    if (context.keeper.current()) throw redirect({ href: search.next ?? '/', replace: true });
  },
});

/** Pages of one person. */
const signedIn = createRoute({
  getParentRoute: () => root,
  id: 'signed-in',
  beforeLoad: ({ context, location }) => {
    const client = context.keeper.current();
    if (!client) throw redirect({ to: '/login', search: { next: safeNext(location.href) }, replace: true });
    return { client };
  },
  component: lazyPage(() => import('./signed_in.tsx').then((module) => module.SignedIn)),
});

function searchFor(search: Record<string, unknown>): { query?: string } {
  // The router reads numbers as such: a search for 42 is one for its digits.
  const query = typeof search.query === 'number' ? String(search.query) : search.query;
  return typeof query === 'string' && query !== '' ? { query } : {};
}

/** The message that a link is to. */
function messageOf(search: Record<string, unknown>): { n?: Count } {
  return Number.isSafeInteger(search.n) && Number(search.n) > 0 ? { n: Number(search.n) } : {};
}

const routes = root.addChildren([
  guest.addChildren([
    createRoute({
      getParentRoute: () => guest,
      path: '/login',
      component: lazyPage(() => import('#/pages/log_in_page.tsx').then((page) => page.LogInPage)),
    }),
    createRoute({
      getParentRoute: () => guest,
      path: '/register',
      component: lazyPage(() => import('#/pages/register_page.tsx').then((page) => page.RegisterPage)),
    }),
  ]),
  signedIn.addChildren([
    createRoute({
      getParentRoute: () => signedIn,
      path: '/',
      component: lazyPage(() => import('#/pages/home_page.tsx').then((page) => page.HomePage)),
    }),
    createRoute({
      getParentRoute: () => signedIn,
      path: '/rooms',
      beforeLoad: () => {
        throw redirect({ to: '/', replace: true });
      },
    }),
    createRoute({
      getParentRoute: () => signedIn,
      path: '/rooms/$roomId',
      validateSearch: messageOf,
      component: lazyPage(() => import('#/pages/room_page.tsx').then((page) => page.RoomPage)),
    }),
    createRoute({
      getParentRoute: () => signedIn,
      path: '/rooms/$roomId/members',
      component: lazyPage(() => import('#/pages/members_page.tsx').then((page) => page.MembersPage)),
    }),
    createRoute({
      getParentRoute: () => signedIn,
      path: '/rooms/$roomId/settings',
      component: lazyPage(() =>
        import('#/pages/room_settings_page.tsx').then((page) => page.RoomSettingsPage),
      ),
    }),
    createRoute({
      getParentRoute: () => signedIn,
      path: '/discover',
      validateSearch: searchFor,
      component: lazyPage(() => import('#/pages/discover_page.tsx').then((page) => page.DiscoverPage)),
    }),
    createRoute({
      getParentRoute: () => signedIn,
      path: '/new-room',
      component: lazyPage(() => import('#/pages/new_room_page.tsx').then((page) => page.NewRoomPage)),
    }),
    createRoute({
      getParentRoute: () => signedIn,
      path: '/people',
      validateSearch: searchFor,
      component: lazyPage(() => import('#/pages/people_page.tsx').then((page) => page.PeoplePage)),
    }),
    createRoute({
      getParentRoute: () => signedIn,
      path: '/profile',
      component: lazyPage(() => import('#/pages/profile_page.tsx').then((page) => page.ProfilePage)),
    }),
    createRoute({
      getParentRoute: () => signedIn,
      path: '/shortcuts',
      component: lazyPage(() => import('#/pages/shortcuts_page.tsx').then((page) => page.ShortcutsPage)),
    }),
    createRoute({
      getParentRoute: () => signedIn,
      path: '/unsent',
      component: lazyPage(() => import('#/pages/unsent_page.tsx').then((page) => page.UnsentPage)),
    }),
  ]),
]);

export function makeRouter(context: RouterContext, history?: RouterHistory) {
  return createRouter({
    routeTree: routes,
    context,
    history,
    defaultPreload: 'intent',
    defaultErrorComponent: ErrorPage,
    defaultNotFoundComponent: NotFoundPage,
    // The pages keep their own places: lists in the shell, the timeline in the conversation.
    scrollRestoration: false,
  });
}

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof makeRouter>;
  }
}
