import { createHash } from 'node:crypto';
import type { Actor, ApiToken } from '../access/authorize.ts';
import { sql } from '../db/sql.ts';
import type { Tx } from '../db/transaction.ts';
import { newId } from '../lib/ids.ts';
import type { AuditEntry } from './facts.ts';

/** Who acts, where, in which request, and by which token if by one. */
export type Recorder = Pick<Actor, 'workspace_id' | 'user_id' | 'request_id'> & {
  token: Pick<ApiToken, 'id' | 'on_behalf_of'> | null;
};

const subjectTypeOf = ({ action }: AuditEntry) => action.slice(0, action.indexOf('.'));
const jsonOf = (fields: object | undefined) =>
  fields === undefined
    ? null
    : JSON.stringify(Object.fromEntries(Object.entries(fields).map(([field, value]) => [field, shortened(value)])));

/** Records an action in the workspace's audit log, in the transaction that does it. The worker numbers it later. */
export function recordAudit(tx: Tx, actor: Recorder, entry: AuditEntry): void {
  tx.send(sql`
    insert into outbox (workspace_id, id, actor_id, action, subject_type, subject_id, subject_version, ticket_id,
      before, after, request_id, token_id, on_behalf_of, created_at)
    values (${actor.workspace_id}, ${newId()}, ${actor.user_id}, ${entry.action}, ${subjectTypeOf(entry)},
      ${entry.subject_id}, ${entry.subject_version ?? null}, ${entry.ticket_id ?? null}, ${jsonOf(entry.before)},
      ${jsonOf(entry.after)}, ${actor.request_id}, ${actor.token?.id ?? null}, ${actor.token?.on_behalf_of ?? null},
      coalesce(${entry.at ?? null}::timestamptz, now()))`);
}

/** Records many actions of one request in one statement. */
export function recordAudits(tx: Tx, actor: Recorder, entries: readonly AuditEntry[]): void {
  if (entries.length === 0) return;
  const all = <Value>(of: (entry: AuditEntry) => Value) => entries.map(of);
  tx.send(sql`
    insert into outbox (workspace_id, id, actor_id, action, subject_type, subject_id, subject_version, ticket_id,
      before, after, request_id, token_id, on_behalf_of, created_at)
    select ${actor.workspace_id}, e.id, ${actor.user_id}, e.action, e.subject_type, e.subject_id, e.subject_version,
      e.ticket_id, e.before, e.after, ${actor.request_id}, ${actor.token?.id ?? null}::uuid,
      ${actor.token?.on_behalf_of ?? null}::uuid, coalesce(e.at, now())
    from unnest(${all(newId)}::uuid[], ${all(({ action }) => action)}::text[], ${all(subjectTypeOf)}::text[],
      ${all(({ subject_id }) => subject_id)}::uuid[], ${all(({ subject_version }) => subject_version ?? null)}::integer[],
      ${all(({ ticket_id }) => ticket_id ?? null)}::uuid[], ${all(({ before }) => jsonOf(before))}::jsonb[],
      ${all(({ after }) => jsonOf(after))}::jsonb[], ${all(({ at }) => at ?? null)}::timestamptz[])
      as e (id, action, subject_type, subject_id, subject_version, ticket_id, before, after, at)`);
}

/** UTF-8 bytes that the log keeps of a text as it is. */
const max_whole_bytes = 2048;

/** Whether the log keeps only a text's size, hash and start. A verb that writes such a text keeps it elsewhere, once. */
export function isLongText(text: string): boolean {
  return text.length * 3 > max_whole_bytes && Buffer.byteLength(text) > max_whole_bytes;
}

function shortened(value: unknown): unknown {
  if (typeof value !== 'string' || !isLongText(value)) return value;
  const sha256 = createHash('sha256').update(value).digest('hex');
  return { bytes: Buffer.byteLength(value), sha256, start: value.slice(0, 200).toWellFormed() };
}
