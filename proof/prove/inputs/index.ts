import type { Check } from '../check.ts';
import { bombs } from './bombs.ts';
import { bounds } from './bounds.ts';
import { framing } from './framing.ts';
import { fuzz } from './fuzz.ts';
import { slow } from './slow.ts';

/** The checks of what must hold for any input. */
export const inputs: readonly Check[] = [framing, fuzz, bombs, slow, bounds];
