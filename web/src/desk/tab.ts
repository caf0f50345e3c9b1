import { newId } from '../store/ids.ts';

/** Names this tab for as long as its page is open. */
export const tab = newId();

const lockOf = (id: string) => `baton-tab/${id}`;

// Held until the page is gone, however it goes: so that other tabs know whether this one is still there.
void navigator.locks?.request(lockOf(tab), () => new Promise(() => undefined));

/** Whether another tab is open. Where browsers have no locks, nobody knows; what is sent twice under one key is done once. */
export async function isOpenTab(id: string): Promise<boolean> {
  if (navigator.locks === undefined) return false;
  return navigator.locks.request(lockOf(id), { ifAvailable: true }, async (lock) => lock === null);
}
