import { Suspense, useEffect } from 'react';
import { cell } from '../store/cell.ts';
import { useCell } from './use-cell.ts';

/** A dialog that must be shown above everything else, whatever is open. */
export const over = cell<React.ReactNode>(null);

/** The open dialogs, the topmost last. */
const open_dialogs = cell<readonly string[]>([]);

/** Registers a dialog as open. */
export function useOpened(id: string, is_open: boolean): void {
  useEffect(() => {
    if (!is_open) return undefined;
    open_dialogs.set([...open_dialogs.get(), id]);
    return () => open_dialogs.set(open_dialogs.get().filter((one) => one !== id));
  }, [id, is_open]);
}

/**
 * Renders `over` inside the topmost dialog, or in the page if none is open. Outside of an open modal dialog it would be
 * hidden from screen readers, and the modal dialog would keep the focus.
 */
export function Over({ dialog }: { dialog?: string }) {
  const top = useCell(open_dialogs).at(-1);
  const drawn = useCell(over);
  return top === dialog ? <Suspense fallback={null}>{drawn}</Suspense> : null;
}
