import type { Uploads } from '../store/uploads.ts';

/**
 * Lets the browser ask before the page is closed while a file is being sent, whichever page of the console is open: a
 * file that was not sent is lost.
 */
export function stayWhileSending(uploads: Pick<Uploads, 'get' | 'subscribe'>, page: EventTarget = globalThis): void {
  // A function of its own: one that several workspaces share would be removed as soon as one of them has sent its files.
  const ask = (event: Event) => event.preventDefault();
  uploads.subscribe(() => {
    const is_sending = uploads.get().some(({ state }) => state !== 'failed');
    if (is_sending) page.addEventListener('beforeunload', ask);
    else page.removeEventListener('beforeunload', ask);
  });
}
