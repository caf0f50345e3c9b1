import type { Check } from '../check.ts';
import { tampering } from './tampering.ts';

/** What an audit log proves to those who trust nobody. */
export const ledgers: readonly Check[] = [tampering];
