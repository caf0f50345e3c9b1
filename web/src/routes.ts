import { createRootRoute, createRoute, createRouter, lazyRouteComponent } from '@tanstack/react-router';
import { Broken } from './shell/broken.tsx';
import { Missing } from './shell/missing.tsx';
import { Shell } from './shell/shell.tsx';
import { surely } from './ui/lazily.ts';

/** The query parameters of an address, as texts. */
export type Search = Partial<Record<string, string>>;

const root = createRootRoute({ validateSearch: (search: Search): Search => search, notFoundComponent: Missing });
const signed_in = createRoute({ getParentRoute: () => root, id: 'signed-in', component: Shell });

type Loads = () => Promise<{ Page: () => React.ReactNode }>;

/** A page that anyone may open. */
const open = <Path extends string>(path: Path, load: Loads) =>
  createRoute({ getParentRoute: () => root, path, component: lazyRouteComponent(() => surely(load), 'Page') });

/** A page for a signed-in person, in the frame with header and commands. */
const own = <Path extends string>(path: Path, load: Loads) =>
  createRoute({ getParentRoute: () => signed_in, path, component: lazyRouteComponent(() => surely(load), 'Page') });

// One line per page. Mails link to /reset-password, /confirm-email and /accept-invitation.
const tree = root.addChildren([
  open('/signin', () => import('./accounts/sign-in.tsx')),
  open('/register', () => import('./accounts/register.tsx')),
  open('/invite', () => import('./accounts/invite.tsx')),
  open('/accept-invitation', () => import('./accounts/invite.tsx')),
  open('/forgot-password', () => import('./accounts/forgot-password.tsx')),
  open('/reset-password', () => import('./accounts/reset-password.tsx')),
  open('/confirm-email', () => import('./accounts/confirm-email.tsx')),
  signed_in.addChildren([
    own('/', () => import('./home/page.tsx')),
    own('/new-workspace', () => import('./first-run/new-workspace.tsx')),
    own('/w/$workspace', () => import('./home/workspace.tsx')),
    own('/w/$workspace/new-project', () => import('./first-run/new-project.tsx')),
    own('/w/$workspace/list', () => import('./list/page.tsx')),
    own('/w/$workspace/p/$project/board', () => import('./board/page.tsx')),
    own('/w/$workspace/p/$project/list', () => import('./list/page.tsx')),
    own('/w/$workspace/v/$view', () => import('./views/page.tsx')),
    own('/w/$workspace/inbox', () => import('./inbox/page.tsx')),
    own('/w/$workspace/audit', () => import('./audit/page.tsx')),
    own('/w/$workspace/p/$project/analytics', () => import('./analytics/page.tsx')),
    own('/w/$workspace/t/$ticket', () => import('./ticket/page.tsx')),
    own('/w/$workspace/settings', () => import('./settings/first.tsx')),
    own('/w/$workspace/settings/general', () => import('./settings/general/page.tsx')),
    own('/w/$workspace/settings/members', () => import('./settings/members/page.tsx')),
    own('/w/$workspace/settings/invitations', () => import('./settings/invitations/page.tsx')),
    own('/w/$workspace/settings/projects', () => import('./settings/projects/page.tsx')),
    own('/w/$workspace/settings/workflow', () => import('./settings/workflow/choose.tsx')),
    own('/w/$workspace/settings/workflow/$project', () => import('./settings/workflow/page.tsx')),
    own('/w/$workspace/settings/deleted', () => import('./settings/deleted/page.tsx')),
    own('/w/$workspace/settings/views', () => import('./settings/views/page.tsx')),
    own('/w/$workspace/settings/tokens', () => import('./settings/tokens/page.tsx')),
    own('/w/$workspace/settings/webhooks', () => import('./settings/webhooks/page.tsx')),
    own('/w/$workspace/settings/webhooks/$webhook', () => import('./settings/webhooks/one.tsx')),
    own('/me/profile', () => import('./settings/me/profile.tsx')),
    own('/me/password', () => import('./settings/me/password.tsx')),
    own('/me/sessions', () => import('./settings/me/sessions.tsx')),
    own('/me/preferences', () => import('./settings/me/preferences.tsx')),
    own('/me/notifications', () => import('./settings/me/notifications.tsx')),
  ]),
]);

export const router = createRouter({
  routeTree: tree,
  defaultErrorComponent: Broken,
  // Parameters are plain texts: the router's default would turn `?n=1000` into `%221000%22`.
  parseSearch: (search) => Object.fromEntries(new URLSearchParams(search)),
  stringifySearch: (search) => {
    const given = Object.entries(search).filter(([, value]) => value !== undefined && value !== '');
    const text = new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString();
    return text === '' ? '' : `?${text}`;
  },
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
