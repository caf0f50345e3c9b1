import { draft_storage } from '../api/disk.ts';
import { session } from '../api/session.ts';
import { Drafts, type StoredDraft } from '../store/drafts.ts';
import { unsent } from '../store/unsent.ts';

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

// The page may be gone a moment after it is hidden.
addEventListener('pagehide', () => void drafts.flush());
document.addEventListener('visibilitychange', () => {
  if (document.visibilityState === 'hidden') void drafts.flush();
});

/** Reads who is signed in's drafts from the disk; again when somebody else signs in. */
let loaded_of: string | undefined;
function load(): void {
  const account = accountOf();
  if (account === undefined || account === loaded_of) return;
  loaded_of = account;
  // A browser that keeps nothing starts without drafts.
  drafts.load(account).catch(() => undefined);
}
session.subscribe(load);
load();

unsent.add(async () => drafts.count(accountOf() ?? ''));
