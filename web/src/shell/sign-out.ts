import { failureOf } from '../api/problems.ts';
import { signOut } from '../api/session.ts';
import { cell } from '../store/cell.ts';
import { unsent } from '../store/unsent.ts';
import { t } from '../ui/text.ts';
import { toast } from '../ui/toast.tsx';

/**
 * The number of unsent texts that the person is asked about before signing out; undefined if they aren't being asked.
 */
export const asking = cell<number | undefined>(undefined);

/** Signs out, even if texts are unsent. */
export async function leaveNow(): Promise<void> {
  asking.set(undefined);
  try {
    await signOut();
  } catch (error) {
    toast({ kind: 'error', text: `${t('You are still signed in.')} ${failureOf(error).title}.` });
  }
}

/** Signs out, but first asks if unsent texts would stay behind in this browser. */
export async function leave(): Promise<void> {
  const counts = await Promise.all([...unsent].map((count) => count()));
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (total > 0) asking.set(total);
  else await leaveNow();
}
