import { Suspense, useEffect } from 'react';
import { cell } from '../store/cell.ts';
import { useCell } from './use-cell.ts';

/** What is drawn over everything else, whatever is open: a dialog that cannot wait. */
export const over = cell<React.ReactNode>(null);

/** The dialogs that are open, the topmost last. */
const open_dialogs = cell<readonly string[]>([]);

/** Counts a dialog among those that are open. */
export function useOpened(id: string, is_open: boolean): void {
  useEffect(() => {
    if (!is_open) return undefined;
    open_dialogs.set([...open_dialogs.get(), id]);
    return () => open_dialogs.set(open_dialogs.get().filter((one) => one !== id));
  }, [id, is_open]);
}

/**
 * The place for it: of the topmost dialog, or of the page where none is open. Beside a modal dialog it would be hidden from
 * screen readers, and that dialog would keep the focus.
 */
export function Over({ dialog }: { dialog?: string }) {
  const top = useCell(open_dialogs).at(-1);
  const drawn = useCell(over);
  return top === dialog ? <Suspense fallback={null}>{drawn}</Suspense> : null;
}
