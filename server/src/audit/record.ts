import { createHash } from 'node:crypto';
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
  /** The ticket of a comment, whose activity the entry is part of. */
  ticket_id?: string;
  /** Set when the change has a time of its own; otherwise the transaction's. */
  at?: string;
}

/** Records an action in the workspace's audit log, in the transaction that does it. */
export function recordAudit(
  tx: Tx,
  actor: Pick<Actor, 'workspace_id' | 'user_id' | 'request_id'>,
  entry: AuditEntry,
): void {
  const subject_type = entry.action.slice(0, entry.action.indexOf('.'));
  tx.send(sql`
    insert into audit_log (workspace_id, id, actor_id, action, subject_type, subject_id, subject_version, ticket_id,
      before, after, request_id, created_at)
    values (${actor.workspace_id}, ${newId()}, ${actor.user_id}, ${entry.action}, ${subject_type}, ${entry.subject_id},
      ${entry.subject_version ?? null}, ${entry.ticket_id ?? null}, ${entry.before ? jsonOf(entry.before) : null},
      ${entry.after ? jsonOf(entry.after) : null}, ${actor.request_id},
      coalesce(${entry.at ?? null}::timestamptz, now()))`);
}

/** Records one action on many subjects in one statement. */
export function recordAudits(
  tx: Tx,
  actor: Omit<Actor, 'role'>,
  action: AuditAction,
  entries: Required<Omit<AuditEntry, 'action' | 'ticket_id'>>[],
): void {
  const subject_type = action.slice(0, action.indexOf('.'));
  tx.send(sql`
    insert into audit_log (workspace_id, id, actor_id, action, subject_type, subject_id, subject_version, before, after,
      request_id, created_at)
    select ${actor.workspace_id}, e.id, ${actor.user_id}, ${action}, ${subject_type}, e.subject_id, e.subject_version,
      e.before, e.after, ${actor.request_id}, e.at
    from unnest(${entries.map(newId)}::uuid[], ${entries.map(({ subject_id }) => subject_id)}::uuid[],
      ${entries.map(({ subject_version }) => subject_version)}::integer[],
      ${entries.map(({ before }) => jsonOf(before))}::jsonb[],
      ${entries.map(({ after }) => jsonOf(after))}::jsonb[], ${entries.map(({ at }) => at)}::timestamptz[])
      as e (id, subject_id, subject_version, before, after, at)`);
}

/** UTF-8 bytes that the log keeps of a text as it is. */
const max_whole_bytes = 2048;

/** Whether the log keeps only a text's size, hash and start. Whoever writes such a text keeps it elsewhere, once. */
export function isLongText(text: string): boolean {
  return text.length * 3 > max_whole_bytes && Buffer.byteLength(text) > max_whole_bytes;
}

function shortened(value: unknown): unknown {
  if (typeof value !== 'string' || !isLongText(value)) return value;
  const sha256 = createHash('sha256').update(value).digest('hex');
  return { bytes: Buffer.byteLength(value), sha256, start: value.slice(0, 200).toWellFormed() };
}

function jsonOf(fields: Record<string, unknown>): string {
  return JSON.stringify(Object.fromEntries(Object.entries(fields).map(([field, value]) => [field, shortened(value)])));
}
