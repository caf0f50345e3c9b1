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

/** How often they are read again when the person comes back to this tab: they may have been changed on another machine. */
const again_after_ms = 60_000;
/** How long to wait until what could not be sent is tried again. */
const retry_ms = 30_000;

const themes = ['system', 'light', 'dark'] as const;
const densities = ['comfortable', 'compact'] as const;

/** What the server has, as far as this version knows the values. */
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

/** Whose preferences are the page's; undefined while nobody is signed in. */
const account = () => {
  const now = session.get();
  return now.state === 'in' ? now.user.id : undefined;
};

let read_at = Number.NEGATIVE_INFINITY;
let is_busy = false;
/** Whether a change came, or somebody signed in, while a request was under way. */
let is_wanted = false;

/** Reads them, and sends what waits. Of a change elsewhere meanwhile, the other fields stay as they are there. */
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
    is_wanted ||= !isNone(unsent.get()); // something else was changed meanwhile
  } catch (error) {
    // Another tab or machine was quicker: it is read again, and these go on top. What the server will never take is given up.
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
    // Not reachable, or the session has ended: it waits here.
    setTimeout(() => void sync(), retry_ms);
  } finally {
    is_busy = false;
  }
}

/** Keeps the preferences of who is signed in the same here and on the server. */
export function keepPreferences(): void {
  let before: string | undefined;
  session.subscribe(() => {
    const now = account();
    if (now !== undefined && now !== before) {
      // On a machine where they have been before, what the page is about comes first.
      if (isKept(now)) whenSettled(() => void sync());
      else void sync();
    }
    before = now;
  });
  // Of two tabs, the one where it was changed sends it.
  unsent.subscribe(() => {
    if (!is_busy && !isNone(unsent.get()) && document.visibilityState === 'visible') void sync();
  });
  addEventListener('online', () => void sync());
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible' && performance.now() - read_at > again_after_ms) void sync();
  });
}
