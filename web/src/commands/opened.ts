import { cell } from '../store/cell.ts';

/** Whether the palette is open. */
export const searching = cell(false);

/** Whether the page of keys is open. */
export const helping = cell(false);
