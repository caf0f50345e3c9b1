import type { Check } from '../check.ts';
import { predicates } from './predicates.ts';
import { revocation } from './revocation.ts';
import { tenancy } from './tenancy.ts';

/** The checks of who may do what. */
export const tenancies: readonly Check[] = [tenancy, predicates, revocation];
