import { and, sql } from '../db/sql.ts';
import type { Db } from '../db/transaction.ts';
import type { Query } from '../http/contract.ts';
import type { KeysetPart } from '../http/cursor.ts';
import type { AuditEntryRow, list_audit } from './contract.ts';

type Filter = Omit<Query<typeof list_audit>, 'limit' | 'cursor'>;

export function auditEntries(db: Db, workspace_id: string, filter: Filter, part: KeysetPart): Promise<AuditEntryRow[]> {
  const all = [sql`a.workspace_id = ${workspace_id}`];
  if (filter.actor !== undefined) all.push(sql`a.actor_id = ${filter.actor}`);
  if (filter.action !== undefined) all.push(sql`a.action = ${filter.action}`);
  if (filter.subject !== undefined) all.push(sql`a.subject_id = ${filter.subject}`);
  if (filter.subject_type !== undefined) all.push(sql`a.subject_type = ${filter.subject_type}`);
  if (filter.created_after !== undefined) all.push(sql`a.created_at > ${filter.created_after}::timestamptz`);
  if (filter.created_before !== undefined) all.push(sql`a.created_at < ${filter.created_before}::timestamptz`);
  return db.rows(sql`
    select a.id, a.actor_id, a.action, a.subject_type, a.subject_id, a.subject_version, a.before, a.after, a.request_id,
      a.created_at
    from audit_log a
    where ${and(all)} and ${part.after}
    ${part.order_and_limit}`);
}
