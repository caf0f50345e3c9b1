import type { Check } from '../check.ts';
import { tampering } from './tampering.ts';

/** The checks of what an audit log proves to somebody who trusts nobody. */
export const ledgers: readonly Check[] = [tampering];
