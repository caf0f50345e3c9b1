import { draft_storage } from '../api/disk.ts';
import { session } from '../api/session.ts';
import type { StoredDraft } from '../store/draft-texts.ts';
import { Drafts, type LeftDraft } from '../store/drafts.ts';
import { unsent } from '../store/unsent.ts';
import { tab } from './tab.ts';

interface Told {
  key: string;
  stored: StoredDraft | undefined;
}

const channel = typeof BroadcastChannel === 'undefined' ? undefined : new BroadcastChannel('baton-drafts');

/** All unsent texts that were typed in this browser. */
export const drafts = new Drafts({
  storage: draft_storage,
  tell: (key, stored) => channel?.postMessage({ key, stored } satisfies Told),
});

channel?.addEventListener('message', ({ data }: MessageEvent<Told>) => drafts.receive(data.key, data.stored));

const accountOf = () => {
  const now = session.get();
  return 'user' in now ? now.user.id : undefined;
};

// A closing page may not finish its writes to IndexedDB, but it can still write to localStorage.
const left_by = (of: string) => `baton.left/${of}`;

addEventListener('pagehide', () => {
  const left = drafts.unsaved();
  try {
    if (left.length > 0) localStorage.setItem(left_by(tab), JSON.stringify(left));
  } catch {
    // Without localStorage, what was typed in the last third of a second is lost.
  }
  void drafts.flush();
});
document.addEventListener('visibilitychange', () => {
  if (document.visibilityState === 'hidden') void drafts.flush();
});

/** Moves what closed pages left in localStorage to IndexedDB. */
async function recover(): Promise<void> {
  for (const name of Object.keys(localStorage).filter((one) => one.startsWith(left_by('')))) {
    let are_stored = true;
    try {
      const left = JSON.parse(localStorage.getItem(name) ?? '[]') as LeftDraft[];
      for (const one of left) if (!(await drafts.recover(one))) are_stored = false;
    } catch {
      // Somebody has edited the entry by hand; ignore it.
    }
    if (are_stored) localStorage.removeItem(name);
  }
}

/** Loads the signed-in account's drafts from the disk; again after another account has signed in. */
let loaded_of: string | undefined;
function load(): void {
  const account = accountOf();
  if (account === undefined || account === loaded_of) return;
  loaded_of = account;
  // If the browser refuses storage, the page starts without drafts.
  recover()
    .then(() => drafts.load(account))
    .catch(() => undefined);
}
/** Loads the drafts of the signed-in account, now and whenever the account changes. */
export function keepDrafts(): void {
  session.subscribe(load);
  load();
  unsent.add(async () => drafts.count(accountOf() ?? ''));
}
