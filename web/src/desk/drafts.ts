import { draft_storage } from '../api/disk.ts';
import { session } from '../api/session.ts';
import { Drafts, type LeftDraft, type StoredDraft } from '../store/drafts.ts';
import { unsent } from '../store/unsent.ts';
import { tab } from './tab.ts';

interface Told {
  key: string;
  stored: StoredDraft | undefined;
}

const channel = typeof BroadcastChannel === 'undefined' ? undefined : new BroadcastChannel('baton-drafts');

/** Every text that was typed in this browser and not sent yet. */
export const drafts = new Drafts({
  storage: draft_storage,
  tell: (key, stored) => channel?.postMessage({ key, stored } satisfies Told),
});

channel?.addEventListener('message', ({ data }: MessageEvent<Told>) => drafts.receive(data.key, data.stored));

const accountOf = () => {
  const now = session.get();
  return 'user' in now ? now.user.id : undefined;
};

// A page that is closed does not end what it writes to IndexedDB, and has time for this.
const left_by = (of: string) => `baton.left/${of}`;

addEventListener('pagehide', () => {
  const left = drafts.unsaved();
  try {
    if (left.length > 0) localStorage.setItem(left_by(tab), JSON.stringify(left));
  } catch {
    // Then what was typed in the last third of a second is lost.
  }
  void drafts.flush();
});
document.addEventListener('visibilitychange', () => {
  if (document.visibilityState === 'hidden') void drafts.flush();
});

/** Brings what pages left behind to the disk. */
async function recover(): Promise<void> {
  for (const name of Object.keys(localStorage).filter((one) => one.startsWith(left_by('')))) {
    try {
      const left = JSON.parse(localStorage.getItem(name) ?? '[]') as LeftDraft[];
      for (const one of left) await drafts.recover(one);
    } catch {
      // Somebody has written there by hand.
    }
    localStorage.removeItem(name);
  }
}

/** Reads who is signed in's drafts from the disk; again when somebody else signs in. */
let loaded_of: string | undefined;
function load(): void {
  const account = accountOf();
  if (account === undefined || account === loaded_of) return;
  loaded_of = account;
  // A browser that keeps nothing starts without drafts.
  recover()
    .then(() => drafts.load(account))
    .catch(() => undefined);
}
/** Takes up the drafts of who is signed in, now and whenever that is somebody else. */
export function keepDrafts(): void {
  session.subscribe(load);
  load();
  unsent.add(async () => drafts.count(accountOf() ?? ''));
}
