import type { Check } from '../check.ts';
import { operating } from './pages.ts';
import { versions } from './versions.ts';

/** What operators are told, tried. */
export const operations: readonly Check[] = [operating, versions];
