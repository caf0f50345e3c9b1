import { failureOf } from '../api/problems.ts';
import { toast } from '../ui/toast.tsx';

/** Shows a message about what was refused, and what can be done about it. */
export function tellFailure(what: string, error: unknown): void {
  const { title, detail } = failureOf(error);
  toast({ kind: 'error', text: `${what} ${title}. ${detail}` });
}

/** Runs an action of a button and shows a message that it succeeded, or why not. Returns whether it succeeded. */
export async function attempt(act: () => Promise<unknown>, says: { done: string; failed: string }): Promise<boolean> {
  try {
    await act();
    toast({ text: says.done });
    return true;
  } catch (error) {
    tellFailure(says.failed, error);
    return false;
  }
}
