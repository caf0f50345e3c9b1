import type { Actor } from '../access/authorize.ts';
import { sql } from '../db/sql.ts';
import type { Tx } from '../db/transaction.ts';
import { newId } from '../lib/ids.ts';
import type { AuditAction } from './contract.ts';

export interface AuditEntry {
  /** What happened, as `subject.verb`: `ticket.transitioned`. */
  action: AuditAction;
  subject_id: string;
  /** The subject's version after the change; for tickets exactly one entry each. */
  subject_version?: number;
  /** The changed fields as they were, and as they are. */
  before?: Record<string, unknown>;
  after?: Record<string, unknown>;
  /** Set when the change has a time of its own; otherwise the transaction's. */
  at?: string;
}

/** Records an action in the workspace's audit log, in the transaction that does it. */
export function recordAudit(tx: Tx, actor: Omit<Actor, 'role'>, entry: AuditEntry): void {
  const subject_type = entry.action.slice(0, entry.action.indexOf('.'));
  tx.send(sql`
    insert into audit_log (workspace_id, id, actor_id, action, subject_type, subject_id, subject_version, before, after,
      request_id, created_at)
    values (${actor.workspace_id}, ${newId()}, ${actor.user_id}, ${entry.action}, ${subject_type}, ${entry.subject_id},
      ${entry.subject_version ?? null}, ${jsonOrNull(entry.before)}, ${jsonOrNull(entry.after)}, ${actor.request_id},
      coalesce(${entry.at ?? null}::timestamptz, now()))`);
}

function jsonOrNull(value: Record<string, unknown> | undefined): string | null {
  return value === undefined ? null : JSON.stringify(value);
}
