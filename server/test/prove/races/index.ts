import type { Check } from '../check.ts';
import { checker } from './checking.ts';
import { linearizability } from './linearizability.ts';
import { transitions } from './transitions.ts';

/** What must hold when many act at once. */
export const races: readonly Check[] = [checker, transitions, linearizability];
