import type { Check } from '../check.ts';
import { operating } from './pages.ts';

/** What operators are told, tried. */
export const operations: readonly Check[] = [operating];
