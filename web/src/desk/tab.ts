import { newId } from '../store/ids.ts';

/** Identifies this tab while its page is open. */
export const tab = newId();

const lockOf = (id: string) => `baton-tab/${id}`;

// The lock is held until the page is gone, for whatever reason, so that other tabs know whether this one still exists.
void navigator.locks?.request(lockOf(tab), () => new Promise(() => undefined));

/**
 * Returns whether another tab is still open. Without locks that is unknown; sending an operation twice is safe, because
 * both requests have the same key.
 */
export async function isOpenTab(id: string): Promise<boolean> {
  if (navigator.locks === undefined) return false;
  return navigator.locks.request(lockOf(id), { ifAvailable: true }, async (lock) => lock === null);
}
