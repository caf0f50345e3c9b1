import { createRootRoute, createRoute, createRouter, lazyRouteComponent } from '@tanstack/react-router';
import { Shell } from './shell/shell.tsx';

const root = createRootRoute();
const signed_in = createRoute({ getParentRoute: () => root, id: 'signed-in', component: Shell });

type Loads = () => Promise<{ Page: () => React.ReactNode }>;

/** A page that anyone may open. */
const open = <Path extends string>(path: Path, load: Loads) =>
  createRoute({ getParentRoute: () => root, path, component: lazyRouteComponent(load, 'Page') });

/** A page for who is signed in, in the frame with header and commands. */
const own = <Path extends string>(path: Path, load: Loads) =>
  createRoute({ getParentRoute: () => signed_in, path, component: lazyRouteComponent(load, 'Page') });

// The table of contents: a line per page.
const tree = root.addChildren([
  open('/signin', () => import('./accounts/sign-in.tsx')),
  signed_in.addChildren([
    own('/', () => import('./first-run/page.tsx')),
    own('/w/$workspace/list', () => import('./list/page.tsx')),
    own('/w/$workspace/p/$project/list', () => import('./list/page.tsx')),
    own('/w/$workspace/t/$ticket', () => import('./ticket/page.tsx')),
  ]),
]);

export const router = createRouter({
  routeTree: tree,
  // As they are in the address: the router's own way would quote `?n=1000` into `%221000%22`.
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
