import { accounts } from './accounts/index.ts';
import type { Check } from './check.ts';
import { faults } from './faults/index.ts';
import { ledgers } from './ledger/index.ts';
import { inputs } from './inputs/index.ts';
import { mails } from './mails/index.ts';
import { operations } from './operating/index.ts';
import { bounded_reads } from './neighbours/bounded-reads.ts';
import { neighbours } from './neighbours/index.ts';
import { turns } from './neighbours/turns.ts';
import { races } from './races/index.ts';
import { tenancies } from './tenancy/index.ts';

/** Every check; later ones rest on earlier ones. */
export const checks: readonly Check[] = [
  ...races,
  ...tenancies,
  ...accounts,
  mails,
  ...ledgers,
  ...faults,
  ...inputs,
  neighbours,
  turns,
  bounded_reads,
  ...operations,
];
