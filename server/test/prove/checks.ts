import type { Check } from './check.ts';
import { linearizability } from './races/linearizability.ts';
import { transitions } from './races/transitions.ts';

/** Every check, in the order of what it rests on. */
export const checks: readonly Check[] = [transitions, linearizability];
