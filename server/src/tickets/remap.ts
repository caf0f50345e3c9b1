import type { Actor } from '../access/authorize.ts';
import type { AuditEntry } from '../audit/facts.ts';
import { recordAudits } from '../audit/record.ts';
import type { Tx } from '../db/transaction.ts';
import type { Standing } from '../projects/remap.ts';
import { changed } from './change.ts';
import { insertRemappings, moveTickets, type Remapping } from './remap-queries.ts';

/** Whether a ticket gets another status, not just another resolution. */
export const isMove = (ticket: Remapping) => ticket.to_status !== ticket.status;

/** Changes locked tickets that don't fit a new workflow, and records the status history and audit entry of each. */
export function remapTickets(
  tx: Tx,
  actor: Actor,
  at: { project_id: string; workflow_version: number; remapped: Remapping[] },
): void {
  const { workspace_id, user_id } = actor;
  const { project_id, workflow_version, remapped } = at;
  moveTickets(tx, workspace_id, remapped);
  insertRemappings(tx, { workspace_id, project_id, workflow_version, actor_id: user_id }, remapped.filter(isMove));
  const entries = remapped.map((ticket): AuditEntry => {
    const becomes = { status: ticket.to_status, resolution: ticket.to_resolution };
    const fields = changed<Standing>(ticket, becomes, ['status', 'resolution']);
    return {
      action: 'ticket.remapped',
      subject_id: ticket.id,
      subject_version: ticket.version,
      before: fields.before,
      after: { ...fields.after, workflow_version },
      at: ticket.at,
    };
  });
  recordAudits(tx, actor, entries);
}
