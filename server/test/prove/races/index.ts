import type { Check } from '../check.ts';
import { invitation_twice } from './invitation-twice.ts';
import { last_owner } from './last-owner.ts';
import { linearizability } from './linearizability.ts';
import { transitions } from './transitions.ts';

/** What must hold when many act at once. */
export const races: readonly Check[] = [transitions, linearizability, last_owner, invitation_twice];
