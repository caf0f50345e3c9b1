import { failureOf } from '../api/problems.ts';
import { toast } from '../ui/toast.tsx';

/** Says what was refused, and what can be done about it, at the edge of the page. */
export function tellFailure(what: string, error: unknown): void {
  const { title, detail } = failureOf(error);
  toast({ kind: 'error', text: `${what} ${title}. ${detail}` });
}

/** Does something that a press of a button asks for: says what was done, or why it wasn’t. Whether it was. */
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
