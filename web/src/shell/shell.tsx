import { Outlet } from '@tanstack/react-router';

/** The frame of the pages for who is signed in. */
export function Shell() {
  return (
    <main id="main">
      <Outlet />
    </main>
  );
}
