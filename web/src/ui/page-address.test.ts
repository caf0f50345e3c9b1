import { createRootRoute, createRoute, createRouter } from '@tanstack/react-router';
import { expect, test } from 'vitest';
import { isPageAddress } from './page-address.ts';

const root = createRootRoute();
const frame = createRoute({ getParentRoute: () => root, id: 'signed-in' });
const page = (path: string) => createRoute({ getParentRoute: () => frame, path });
const routeTree = root.addChildren([
  createRoute({ getParentRoute: () => root, path: '/signin' }),
  frame.addChildren([page('/'), page('/w/$workspace/t/$ticket'), page('/me/profile')]),
]);
const routes = Object.keys(createRouter({ routeTree }).routesByPath);

test.each(['/', '/signin', '/w/1/t/ENG-1', '/w/1/unknown', '/me/profile'])('the console has %s', (pathname) => {
  expect(isPageAddress(routes, pathname)).toBe(true);
});

test.each(['/docs', '/docs/errors', '/v1/workspaces', '/openapi.json', '/files/1', '/web', '/medium'])(
  'the server responds to %s',
  (pathname) => {
    expect(isPageAddress(routes, pathname)).toBe(false);
  },
);
