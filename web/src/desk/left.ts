import { cell } from '../store/cell.ts';

/** The page's workspace, once the server has said that the account is no longer a member. */
export const left = cell<string | undefined>(undefined);
