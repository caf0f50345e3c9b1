import type { Check } from '../check.ts';
import { predicates } from './predicates.ts';
import { revocation } from './revocation.ts';
import { tenancy } from './tenancy.ts';

/** Who may do what, and nobody else. */
export const tenancies: readonly Check[] = [tenancy, predicates, revocation];
