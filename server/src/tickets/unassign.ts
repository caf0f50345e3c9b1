import type { AuditEntry } from '../audit/facts.ts';
import { recordAudits, type Recorder } from '../audit/record.ts';
import type { Tx } from '../db/transaction.ts';
import { takeTickets } from './unassign-queries.ts';

/** Unassigns tickets, each with a new version and an audit entry. It skips those that `takeTickets` skips. */
export async function unassignTickets(
  tx: Tx,
  actor: Recorder,
  { assignee_id, ids }: { assignee_id: string; ids: readonly string[] },
): Promise<void> {
  const taken = await takeTickets(tx, { workspace_id: actor.workspace_id, user_id: assignee_id }, ids);
  const entries = taken.map(
    (ticket): AuditEntry => ({
      action: 'ticket.assignee_changed',
      subject_id: ticket.id,
      subject_version: ticket.version,
      before: { assignee_id },
      after: { assignee_id: null },
      at: ticket.updated_at,
    }),
  );
  recordAudits(tx, actor, entries);
}
