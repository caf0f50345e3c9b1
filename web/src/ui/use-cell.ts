import { useSyncExternalStore } from 'react';
import type { Cell } from '../store/cell.ts';

/** The value of a cell, drawn again when it changes. */
export const useCell = <T>(of: Cell<T>): T => useSyncExternalStore(of.subscribe, of.get);
