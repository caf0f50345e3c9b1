import type { AuditEntry } from '../audit/facts.ts';
import type { Withdrawn } from './invitation-queries.ts';

/** The entry of an invitation that was revoked. */
export const revocationOf = ({ id, email, role }: Withdrawn): AuditEntry => ({
  action: 'invitation.revoked',
  subject_id: id,
  before: { email, role },
});
