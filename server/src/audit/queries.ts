import { type Columns, selected, without } from '../db/columns.ts';
import { type Sql, sql } from '../db/sql.ts';
import type { Db } from '../db/transaction.ts';
import {
  bestOf,
  type IndexWalk,
  last_id,
  merged,
  named,
  pageOf,
  type Position,
  type Source,
  type Span,
  widened,
  withinBudget,
} from '../db/walk.ts';
import type { Query } from '../http/contract.ts';
import type { AuditEntryRow, list_audit } from './contract.ts';

export type AuditFilter = Omit<
  Query<typeof list_audit>,
  'fields' | 'limit' | 'cursor' | 'created_after' | 'created_before'
>;

/** The columns of an entry that are returned. */
export const entry_columns = {
  id: sql`id`,
  sequence: sql`sequence`,
  actor_id: sql`actor_id`,
  action: sql`action`,
  subject_type: sql`subject_type`,
  subject_id: sql`subject_id`,
  subject_version: sql`subject_version`,
  before: sql`before`,
  after: sql`after`,
  request_id: sql`request_id`,
  token_id: sql`token_id`,
  on_behalf_of: sql`on_behalf_of`,
  created_at: sql`created_at`,
} satisfies Columns<keyof AuditEntryRow>;

// Without the id, which the row already has as part of its position.
const columns = Object.values<Sql>(without(entry_columns, 'id'));
const shown = named(columns.map((name) => ({ name, value: sql`c.${name}` })));

/** The columns of an entry that may be long. */
export const before_and_after = {
  columns: [sql`before`, sql`after`],
  json_bytes: sql`coalesce(octet_length(q.before::text), 0) + coalesce(octet_length(q.after::text), 0) + 512`,
};

/** Selects the rows of the outbox `a` about a ticket and its comments, written exactly like the index's expression. */
export const unnumberedOf = (ticket_id: string): Sql => sql`
  (case when a.ticket_id is null then a.subject_id else a.ticket_id end) = ${ticket_id}
  and (a.ticket_id is not null or a.subject_type = 'ticket')`;

/** Returns the indexes for a filter, narrowest first, or the whole log; each with the entries without a number. */
function sourcesOf(workspace_id: string, filter: AuditFilter, span: Span): Source[] {
  const { subject, actor, action, subject_type } = filter;
  const from_log = (from: Sql, keys: IndexWalk['keys'], only = sql`true`): IndexWalk => ({
    from,
    where: sql`a.workspace_id = ${workspace_id} and ${only}`,
    keys,
    at: sql`a.created_at`,
    id: sql`a.id`,
  });
  const besides = from_log(sql`(select o.*, null::bigint as sequence from outbox o) a`, []);
  const options = { span, descending: true, columns: selected(entry_columns, sql`a`), distinct: false, besides };
  const keyed = (column: Sql, values: readonly Sql[], only?: Sql) =>
    merged(
      values.map((value) => from_log(sql`events a`, [{ column, value }], only)),
      options,
    );
  const each = (values: readonly string[], nobodys: string, keyOf: (value: string) => Sql) =>
    widened(values, nobodys).map(keyOf);
  const uuid = (value: string) => sql`${value}::uuid`;
  const text = (value: string) => sql`${value}::text`;
  const found: Source[] = [];
  if (subject !== undefined) found.push(keyed(sql`a.subject_id`, each(subject, last_id, uuid)));
  if (action !== undefined) found.push(keyed(sql`a.action`, each(action, '', text)));
  // Written like the partial index's condition. It leaves out the two types that most of the log is about.
  else if (subject_type?.every((type) => type !== 'ticket' && type !== 'comment')) {
    const rare = sql`a.subject_type not in ('ticket', 'comment')`;
    found.push(keyed(sql`a.subject_type`, each(subject_type, '', text), rare));
  }
  if (actor !== undefined) found.push(keyed(sql`a.actor_id`, each(actor, last_id, uuid)));
  return found.length > 0 ? found : [merged([from_log(sql`events a`, [])], options)];
}

/** Returns one page of the log's entries, latest first. A row with `stopped` marks where the search stopped early. */
export async function auditEntries(
  db: Db,
  workspace_id: string,
  filter: AuditFilter,
  { span, limit }: { span: Span; limit: number },
): Promise<(AuditEntryRow & Position)[]> {
  const { subject = null, actor = null, action = null, subject_type = null } = filter;
  const source = await bestOf(db, sourcesOf(workspace_id, filter, span), true);
  const page = pageOf(source, {
    columns: shown,
    width: columns.length,
    joins: sql``,
    filter: sql`(${subject}::uuid[] is null or c.subject_id = any (${subject}::uuid[]))
      and (${actor}::uuid[] is null or c.actor_id = any (${actor}::uuid[]))
      and (${action}::text[] is null or c.action = any (${action}::text[]))
      and (${subject_type}::text[] is null or c.subject_type = any (${subject_type}::text[]))`,
    span,
    descending: true,
    limit,
  });
  return db.rows(withinBudget(page, [sql`stopped`, sql`at`, sql`id`, ...columns], before_and_after));
}
