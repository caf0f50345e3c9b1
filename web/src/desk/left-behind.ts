import type { KeptOperation } from '../api/disk.ts';
import { mayBeDoneTwice, type Operation } from '../store/decide.ts';
import { isOpenTab, tab } from './tab.ts';

/**
 * Returns the stored operations that no open tab sends: those of closed tabs and, for a new desk, those that an earlier
 * desk of this tab has left, because somebody signed out.
 */
export async function leftBehind(
  kept: readonly KeptOperation[],
  { is_new }: { is_new: boolean },
): Promise<Operation[]> {
  const left: Operation[] = [];
  for (const { operation, tab: of } of kept) {
    if (of === tab ? !is_new : await isOpenTab(of)) continue;
    const at = Date.now();
    const is_old = operation.refusal === undefined && mayBeDoneTwice(operation, at);
    left.push(is_old ? { ...operation, refusal: { code: 'perhaps_done', at } } : operation);
  }
  return left;
}
