import { useEffect } from 'react';

/**
 * The boards and lists of a project. Their tickets come first. With a ticket open beside them (`t`), nothing waits: a
 * ticket's fields depend on the rights.
 */
const addresses = /^\/w\/[^/]+\/p\/[^/]+\/(?:board|list)$/;
/** After this many milliseconds, nothing waits any longer for tickets that don't arrive. */
const most_ms = 5_000;

const { promise: shown, resolve: show } = Promise.withResolvers<void>();
let is_first = addresses.test(location.pathname) && !new URLSearchParams(location.search).has('t');

/** Sends the reads that wait, once the first tickets are on the page, or can't be loaded. */
export function useTicketsShown(are_shown: boolean): void {
  useEffect(() => {
    if (!are_shown) return;
    is_first = false;
    show();
  }, [are_shown]);
}

/**
 * Runs a read that a board or list doesn't need before its first tickets. If the tab was opened at the address of one,
 * the read waits until they are shown. On other pages it doesn't wait.
 */
export async function later<T>(read: () => Promise<T>): Promise<T> {
  if (is_first) await Promise.race([shown, new Promise((resolve) => setTimeout(resolve, most_ms))]);
  return read();
}
