import type { Preferences as Stored } from 'baton-sdk';
import {
  acknowledge,
  adopt,
  type Changes,
  isKept,
  isNone,
  type Preferences,
  unsent,
  usual,
} from '../store/preferences.ts';
import { whenSettled } from '../store/when-idle.ts';
import { client } from './client.ts';
import { isCode } from './problems.ts';
import { session } from './session.ts';

/**
 * When the person comes back to this tab, the preferences are read again if they are older than this: another device
 * may have changed them.
 */
const again_after_ms = 60_000;
/** How long to wait before retrying. */
const retry_ms = 30_000;

const themes = ['system', 'light', 'dark'] as const;
const densities = ['comfortable', 'compact'] as const;

/** Returns the server's preferences, with the default for each value that this version of the console doesn't know. */
function knownOf({ theme, density, time_zone, language, single_keys, keys }: Stored): Preferences {
  return {
    theme: themes.find((one) => one === theme) ?? usual.theme,
    density: densities.find((one) => one === density) ?? usual.density,
    time_zone,
    language,
    single_keys,
    keys,
  };
}

/** Returns the signed-in account's id; undefined while nobody is signed in. */
const account = () => {
  const now = session.get();
  return now.state === 'in' ? now.user.id : undefined;
};

let read_at = Number.NEGATIVE_INFINITY;
let is_busy = false;
/** Whether another exchange is needed: something changed, or somebody signed in, during a request. */
let is_wanted = false;

/**
 * Reads the preferences and sends the unsent changes. Only the changed fields are sent, so other fields keep what
 * another device saved.
 */
async function exchange(of: string): Promise<void> {
  const found = await client.get_preferences();
  if (account() !== of) return;
  read_at = performance.now();
  adopt(of, knownOf(found), { is_new: found.updated_at === null });
  const changes: Changes = unsent.get();
  if (isNone(changes)) return;
  const { keys, ...rest } = changes;
  const body = { ...rest, ...(keys !== undefined && { keys }), version: found.version };
  try {
    acknowledge(of, changes, knownOf(await client.update_preferences({ body })));
    is_wanted ||= !isNone(unsent.get()); // something else has changed in the meantime
  } catch (error) {
    // On a conflict, another tab or device was quicker: read again, and apply these changes on top. If the server
    // rejects the values, drop them.
    if (isCode(error, 'validation_failed')) acknowledge(of, changes, knownOf(found));
    else if (isCode(error, 'conflict')) is_wanted = true;
    else throw error;
  }
}

async function sync(): Promise<void> {
  const of = account();
  is_wanted = true;
  if (of === undefined || is_busy) return;
  is_busy = true;
  try {
    while (is_wanted && account() === of) {
      is_wanted = false;
      await exchange(of);
    }
  } catch {
    // The server can't be reached, or the session has ended: the changes stay here until the retry.
    setTimeout(() => void sync(), retry_ms);
  } finally {
    is_busy = false;
  }
}

/** Synchronizes the signed-in account's preferences with the server. */
export function keepPreferences(): void {
  let before: string | undefined;
  session.subscribe(() => {
    const now = account();
    if (now !== undefined && now !== before) {
      // If this browser already has the preferences, loading the page itself comes first.
      if (isKept(now)) whenSettled(() => void sync());
      else void sync();
    }
    before = now;
  });
  // With several tabs, the visible one, where the change was made, sends it.
  unsent.subscribe(() => {
    if (!is_busy && !isNone(unsent.get()) && document.visibilityState === 'visible') void sync();
  });
  addEventListener('online', () => void sync());
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible' && performance.now() - read_at > again_after_ms) void sync();
  });
}
