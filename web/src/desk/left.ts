import { cell } from '../store/cell.ts';

/** The workspace of the page, once it turned out that who is signed in is no member of it any more. */
export const left = cell<string | undefined>(undefined);
