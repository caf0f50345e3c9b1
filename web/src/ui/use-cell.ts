import { useSyncExternalStore } from 'react';
import type { Cell } from '../store/cell.ts';

/** Returns the value of a cell, and re-renders when it changes. */
export const useCell = <T>(of: Cell<T>): T => useSyncExternalStore(of.subscribe, of.get);
