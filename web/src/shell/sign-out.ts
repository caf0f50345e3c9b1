import { failureOf } from '../api/problems.ts';
import { signOut } from '../api/session.ts';
import { cell } from '../store/cell.ts';
import { sending, unsent } from '../store/unsent.ts';
import { t } from '../ui/text.ts';
import { toast } from '../ui/toast.tsx';

/** What would not be sent if the person signed out: texts, which stay in this browser, and files, which are lost. */
interface NotSent {
  texts: number;
  files: number;
}

/** What the person is asked about before signing out; undefined if they aren't being asked. */
export const asking = cell<NotSent | undefined>(undefined);

/** Signs out, even if texts or files are unsent. */
export async function leaveNow(): Promise<void> {
  asking.set(undefined);
  try {
    await signOut();
  } catch (error) {
    toast({ kind: 'error', text: `${t('You are still signed in.')} ${failureOf(error).title}.` });
  }
}

/** Signs out, but first asks if unsent texts would stay behind in this browser, or files would be lost. */
export async function leave(): Promise<void> {
  const counts = await Promise.all([...unsent].map((count) => count()));
  const texts = counts.reduce((sum, count) => sum + count, 0);
  const files = [...sending].reduce((sum, count) => sum + count(), 0);
  if (texts + files > 0) asking.set({ texts, files });
  else await leaveNow();
}
