import { failureOf } from '../api/problems.ts';
import { signOut } from '../api/session.ts';
import { cell } from '../store/cell.ts';
import { unsent } from '../store/unsent.ts';
import { t } from '../ui/text.ts';
import { toast } from '../ui/toast.tsx';

/** How many unsent texts the person is asked about before signing out. */
export const asking = cell<number | undefined>(undefined);

/** Signs out, whatever is left unsent. */
export async function leaveNow(): Promise<void> {
  asking.set(undefined);
  try {
    await signOut();
  } catch (error) {
    toast({ kind: 'error', text: `${t('You are still signed in.')} ${failureOf(error).title}.` });
  }
}

/** Signs out; asks first where something typed would stay behind in this browser. */
export async function leave(): Promise<void> {
  const counts = await Promise.all([...unsent].map((count) => count()));
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (total > 0) asking.set(total);
  else await leaveNow();
}
