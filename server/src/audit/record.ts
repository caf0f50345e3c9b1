import { createHash } from 'node:crypto';
import type { Actor, ApiToken } from '../access/authorize.ts';
import { inserted, insertedFrom, type Learnt, without } from '../db/columns.ts';
import { sql } from '../db/sql.ts';
import type { Tx } from '../db/transaction.ts';
import { newId } from '../lib/ids.ts';
import type { AuditEntry } from './facts.ts';
import { entry_columns } from './queries.ts';

/** Who acts, in which workspace and request, and with which API token, if any. */
export type Recorder = Pick<Actor, 'workspace_id' | 'user_id' | 'request_id'> & {
  token: Pick<ApiToken, 'id' | 'on_behalf_of'> | null;
};

const subjectTypeOf = ({ action }: AuditEntry) => action.slice(0, action.indexOf('.'));
const jsonOf = (fields: object | undefined) =>
  fields === undefined
    ? null
    : JSON.stringify(Object.fromEntries(Object.entries(fields).map(([field, value]) => [field, shortened(value)])));

const outbox_columns = {
  ...without(entry_columns, 'sequence'),
  workspace_id: sql`workspace_id`,
  ticket_id: sql`ticket_id`,
};

const causeOf = ({ workspace_id, user_id, request_id, token }: Recorder) => ({
  workspace_id,
  actor_id: user_id,
  request_id,
  token_id: token?.id ?? null,
  on_behalf_of: token?.on_behalf_of ?? null,
});

const fieldsOf = (entry: AuditEntry) => ({
  id: newId(),
  action: entry.action,
  subject_type: subjectTypeOf(entry),
  subject_id: entry.subject_id,
  subject_version: entry.subject_version ?? null,
  ticket_id: entry.ticket_id ?? null,
  before: jsonOf(entry.before),
  after: jsonOf(entry.after),
  at: entry.at ?? null,
});

/**
 * Records an action in the workspace's audit log, in the action's own transaction. The worker numbers it later. `learnt` are fields
 * of the entry's `after`.
 */
export function recordAudit(tx: Tx, actor: Recorder, entry: AuditEntry, learnt?: Learnt): void {
  const { at, ...fields } = fieldsOf(entry);
  const row = { ...causeOf(actor), ...fields, created_at: sql`coalesce(${at}::timestamptz, now())` };
  if (learnt === undefined) tx.send(sql`insert into outbox ${inserted(outbox_columns, row)}`);
  else {
    const values = { ...row, after: sql`${row.after}::jsonb || ${learnt.fields}` };
    tx.send(sql`insert into outbox ${insertedFrom(outbox_columns, values, learnt.from)}`);
  }
}

/** Records many actions of one request in one statement. */
export function recordAudits(tx: Tx, actor: Recorder, entries: readonly AuditEntry[]): void {
  if (entries.length === 0) return;
  const { token_id, on_behalf_of, ...cause } = causeOf(actor);
  const values = {
    ...cause,
    id: sql`e.id`,
    action: sql`e.action`,
    subject_type: sql`e.subject_type`,
    subject_id: sql`e.subject_id`,
    subject_version: sql`e.subject_version`,
    ticket_id: sql`e.ticket_id`,
    before: sql`e.before`,
    after: sql`e.after`,
    token_id: sql`${token_id}::uuid`,
    on_behalf_of: sql`${on_behalf_of}::uuid`,
    created_at: sql`coalesce(e.at, now())`,
  };
  const rows = entries.map(fieldsOf);
  const all = (field: keyof ReturnType<typeof fieldsOf>) => rows.map((row) => row[field]);
  const from = sql`
    from unnest(${all('id')}::uuid[], ${all('action')}::text[], ${all('subject_type')}::text[],
      ${all('subject_id')}::uuid[], ${all('subject_version')}::integer[], ${all('ticket_id')}::uuid[],
      ${all('before')}::jsonb[], ${all('after')}::jsonb[], ${all('at')}::timestamptz[])
      as e (id, action, subject_type, subject_id, subject_version, ticket_id, before, after, at)`;
  tx.send(sql`insert into outbox ${insertedFrom(outbox_columns, values, from)}`);
}

/** The largest size in UTF-8 bytes of a text that the log keeps whole. */
const max_whole_bytes = 2048;

/** Returns whether the log keeps only the text's size, hash and start. The text itself is then stored elsewhere. */
export function isLongText(text: string): boolean {
  return text.length * 3 > max_whole_bytes && Buffer.byteLength(text) > max_whole_bytes;
}

function shortened(value: unknown): unknown {
  if (typeof value !== 'string' || !isLongText(value)) return value;
  const sha256 = createHash('sha256').update(value).digest('hex');
  return { bytes: Buffer.byteLength(value), sha256, start: value.slice(0, 200).toWellFormed() };
}
