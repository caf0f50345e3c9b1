import { assigned, type Columns, inserted, later, type Locked, selected } from '../db/columns.ts';
import { type Sql, sql } from '../db/sql.ts';
import type { Db, Tx } from '../db/transaction.ts';
import type { KeysetPart } from '../http/cursor.ts';
import type { Gone, ListQuery, View } from './contract.ts';

const shown = {
  id: sql`id`,
  name: sql`name`,
  layout: sql`layout`,
  query: sql`query`,
  shared: sql`shared`,
  owner_id: sql`owner_id`,
  version: sql`version`,
  created_at: sql`created_at`,
  updated_at: sql`updated_at`,
} satisfies Columns<keyof View>;

const columns = selected(shown, sql`v`);

const created = {
  workspace_id: sql`workspace_id`,
  id: shown.id,
  name: shown.name,
  layout: shown.layout,
  query: shown.query,
  shared: shown.shared,
  owner_id: shown.owner_id,
} satisfies Columns<keyof NewView>;

type NewView = Pick<View, 'id' | 'name' | 'layout' | 'query' | 'shared' | 'owner_id'> & { workspace_id: string };

export function insertView(tx: Tx, row: NewView): Promise<View> {
  return tx.one(sql`insert into views as v ${inserted(created, row)} returning ${columns}`);
}

/** The user who reads views, and the workspace. */
export interface Reader {
  workspace_id: string;
  user_id: string;
}

/** Returns a person's views and the shared ones, by two walks along indexes, so that other people's private views are not read. */
export function viewsOf(db: Db, { workspace_id, user_id }: Reader, part: KeysetPart): Promise<View[]> {
  const walk = (of: Sql) => sql`
    (select ${columns} from views v
    where v.workspace_id = ${workspace_id} and ${of} and v.deleted_at is null and ${part.after} ${part.order_and_limit})`;
  return db.rows(sql`
    select ${columns} from (
      ${walk(sql`v.owner_id = ${user_id}`)} union all ${walk(sql`v.shared and v.owner_id <> ${user_id}`)}) v
    ${part.order_and_limit}`);
}

/** Returns the most bytes of JSON that a view can take: each unit of a text may become six. */
export function mostBytes({ name, query }: View): number {
  const texts = Object.values(query).reduce((sum, text) => sum + (text?.length ?? 0), name.length);
  return 6 * texts + 1024;
}

/** Whether the user may see the view `v`. */
const isVisible = (user_id: string) => sql`(v.shared or v.owner_id = ${user_id})`;

export function viewById(db: Db, { workspace_id, user_id }: Reader, id: string): Promise<View | undefined> {
  return db.maybeOne(sql`
    select ${columns} from views v
    where v.workspace_id = ${workspace_id} and v.id = ${id} and v.deleted_at is null and ${isVisible(user_id)}`);
}

/** Selects a row for each view of a person. */
export function ownViews({ workspace_id, user_id }: Reader): Sql {
  return sql`select 1 from views v where v.workspace_id = ${workspace_id} and v.owner_id = ${user_id} and v.deleted_at is null`;
}

/** Selects a row for each shared view of a workspace. */
export function sharedViews(workspace_id: string): Sql {
  return sql`select 1 from views v where v.workspace_id = ${workspace_id} and v.shared and v.deleted_at is null`;
}

/** Returns a view, even a deleted one, locked against other changes. */
export function lockView(
  tx: Tx,
  { workspace_id, user_id }: Reader,
  id: string,
): Promise<Locked<View & { deleted_at: string | null }> | undefined> {
  return tx.maybeOne(sql`
    select ${columns}, v.deleted_at, ${later(sql`v.updated_at`)} as at from views v
    where v.workspace_id = ${workspace_id} and v.id = ${id} and ${isVisible(user_id)} for no key update of v`);
}

const changed = {
  name: shown.name,
  layout: shown.layout,
  query: shown.query,
  shared: shown.shared,
  deleted_at: sql`deleted_at`,
};
export type Changes = Partial<Record<keyof typeof changed, unknown>>;

/** Updates a view that the transaction has locked. */
export function updateView(
  tx: Tx,
  { workspace_id, id, at }: { workspace_id: string; id: string; at: string },
  changes: Changes,
): Promise<View> {
  return tx.one(sql`
    update views as v set ${assigned(changed, changes)}, version = v.version + 1, updated_at = ${at}
    where v.workspace_id = ${workspace_id} and v.id = ${id} returning ${columns}`);
}

/** Returns the values in a query that the workspace no longer has. Each value is looked up by an index. */
export function goneFrom(db: Db, workspace_id: string, query: ListQuery): Promise<Gone[]> {
  const { project_id = [], status = [], assignee = [], reporter = [], label = [] } = query;
  const ids = (values: readonly string[]) => values.filter((value) => value !== 'me' && value !== 'none');
  const isProject = (value: Sql) =>
    sql`p.workspace_id = ${workspace_id} and (p.id::text = ${value} or p.key = ${value})`;
  const former = (parameter: 'assignee' | 'reporter', values: readonly string[]) => sql`
    select ${parameter} as parameter, x.value from unnest(${ids(values)}::text[]) x (value)
    where not exists (select 1 from memberships m where m.workspace_id = ${workspace_id} and m.user_id = x.value::uuid
      and m.removed_at is null)`;
  return db.rows(sql`
    select 'project_id' as parameter, x.value from unnest(${project_id}::text[]) x (value)
    where not exists (select 1 from projects p where ${isProject(sql`x.value`)} and p.archived_at is null)
    union all
    select 'status', x.value from unnest(${status}::text[]) x (value)
    where not exists (
      select 1 from projects p join project_statuses s on s.workspace_id = ${workspace_id} and s.project_id = p.id and s.status = x.value
      where p.workspace_id = ${workspace_id}
        and (${project_id}::text[] = '{}' or p.id::text = any (${project_id}::text[]) or p.key = any (${project_id}::text[])))
    union all ${former('assignee', assignee)}
    union all ${former('reporter', reporter)}
    union all
    select 'label', x.value from unnest(${label}::text[]) x (value)
    where not exists (select 1 from ticket_labels l where l.workspace_id = ${workspace_id} and l.label = x.value)`);
}
