import type { Writer } from '../access/authorize.ts';
import { assigned, type Columns, inserted, later, selected, without } from '../db/columns.ts';
import { type Sql, sql } from '../db/sql.ts';
import type { Db, Tx } from '../db/transaction.ts';
import type { KeysetPart } from '../http/cursor.ts';
import { isUuid } from '../lib/ids.ts';
import type { Project } from './contract.ts';
import type { WorkflowDefinition } from './workflow-definition.ts';

/** Every column of a project that is shown. */
const project_columns = {
  id: sql`id`,
  key: sql`key`,
  name: sql`name`,
  workflow_version: sql`workflow_version`,
  version: sql`version`,
  created_by: sql`created_by`,
  created_at: sql`created_at`,
  updated_at: sql`updated_at`,
  archived_at: sql`archived_at`,
} satisfies Columns<keyof Project>;

const columns = selected(project_columns, sql`p`);

/** The conditions that find one project by its id or its key. */
export function isProject(workspace_id: string, ref: string): Sql {
  const here = sql`p.workspace_id = ${workspace_id}`;
  return isUuid(ref) ? sql`${here} and p.id = ${ref}` : sql`${here} and p.key = ${ref}`;
}

export function projectByRef(db: Db, workspace_id: string, ref: string): Promise<Project | undefined> {
  return db.maybeOne(sql`select ${columns} from projects p where ${isProject(workspace_id, ref)}`);
}

/** Returns the project, locked against all writes of its tickets: they wait for this lock, and it waits for them. */
export function lockProject(tx: Tx, workspace_id: string, ref: string): Promise<Project | undefined> {
  return tx.maybeOne(sql`
    select ${columns} from projects p where ${isProject(workspace_id, ref)} for update of p`);
}

export function projectsOf(
  db: Db,
  workspace_id: string,
  filter: { archived: boolean },
  part: KeysetPart,
): Promise<Project[]> {
  const presence = filter.archived ? sql`p.archived_at is not null` : sql`p.archived_at is null`;
  return db.rows(sql`
    select ${columns} from projects p
    where p.workspace_id = ${workspace_id} and ${presence} and ${part.after}
    ${part.order_and_limit}`);
}

/** Selects a row for each project, archived ones included. */
export function projectRows(workspace_id: string): Sql {
  return sql`select 1 from projects p where p.workspace_id = ${workspace_id}`;
}

/** The columns of a new project that get their defaults. */
const by_default = ['workflow_version', 'version', 'created_at', 'updated_at', 'archived_at'] as const;
const created_columns = { ...without(project_columns, ...by_default), workspace_id: sql`workspace_id` };

/** Inserts a project and returns it, or undefined if the key is taken. */
export function insertProject(
  tx: Tx,
  workspace_id: string,
  project: Omit<Project, (typeof by_default)[number]>,
): Promise<Project | undefined> {
  return tx.maybeOne(sql`
    insert into projects as p ${inserted(created_columns, { ...project, workspace_id })}
    on conflict (workspace_id, key) do nothing
    returning ${columns}`);
}

/** The fields of a project that may change, apart from its version and time, which always do. */
export type ProjectChanges = Omit<
  Project,
  'id' | 'key' | 'version' | 'created_by' | 'created_at' | 'updated_at' | 'archived_at'
> & { archived: boolean };

export function updateProject(
  tx: Tx,
  workspace_id: string,
  id: string,
  { archived, ...row }: ProjectChanges,
): Promise<Project> {
  const archived_at: Sql = archived ? sql`coalesce(p.archived_at, now())` : sql`null`;
  return tx.one(sql`
    update projects as p set ${assigned(project_columns, { ...row, archived_at })}, version = p.version + 1,
      updated_at = ${later(sql`p.updated_at`)}
    where p.workspace_id = ${workspace_id} and p.id = ${id}
    returning ${columns}`);
}

interface NewWorkflow {
  workspace_id: string;
  project_id: string;
  version: number;
  definition: WorkflowDefinition;
  created_by: string;
}

const workflow_columns = {
  workspace_id: sql`workspace_id`,
  project_id: sql`project_id`,
  version: sql`version`,
  definition: sql`definition`,
  created_by: sql`created_by`,
} satisfies Columns<keyof NewWorkflow>;

/** Appends a version of the workflow. Rows of this table are never changed. */
export function insertWorkflow(tx: Tx, { definition, ...row }: NewWorkflow): void {
  const json = JSON.stringify(definition);
  tx.send(sql`insert into workflows ${inserted(workflow_columns, { ...row, definition: json })}`);
}

/** Writes the statuses of a project's workflow with their categories. Existing statuses stay, and get the new category. */
export function putStatuses(
  tx: Tx,
  workspace_id: string,
  project_id: string,
  { statuses }: Pick<WorkflowDefinition, 'statuses'>,
): void {
  tx.send(sql`
    insert into project_statuses (workspace_id, project_id, status, category)
    select ${workspace_id}, ${project_id}, s.status, s.category
    from unnest(${statuses.map(({ key }) => key)}::text[], ${statuses.map(({ category }) => category)}::text[])
      as s (status, category)
    on conflict (workspace_id, project_id, status) do update set category = excluded.category
    where project_statuses.category <> excluded.category`);
}

/** Deletes statuses. The tickets' foreign key refuses this for a status in use. */
export function deleteStatuses(tx: Tx, workspace_id: string, project_id: string, statuses: string[]): void {
  tx.send(sql`
    delete from project_statuses
    where workspace_id = ${workspace_id} and project_id = ${project_id} and status = any (${statuses}::text[])`);
}

/** A project with the number of a new ticket. */
export interface NumberedProject {
  id: string;
  key: string;
  number: number;
  workflow_version: number;
  archived_at: string | null;
  at: string;
}

/**
 * Takes the project's next ticket number in the first batch, for a creation that has to know it. The row stays locked until the
 * commit, so numbers are dense: none is skipped.
 */
export function takeNumber(tx: Tx, writer: Writer, ref: string): Promise<NumberedProject | undefined> {
  return tx.maybeOne(sql`
    update projects set last_number = last_number + 1
    where workspace_id = ${writer.workspace_id} and ${isUuid(ref) ? sql`id = ${ref}` : sql`key = ${ref}`}
      and ${writer.mayAct()}
    returning key, last_number as number, id, workflow_version, archived_at, now() as at`);
}

/** Returns the project, unlocked, with the number that it would give to a ticket now. */
export function nextNumber(db: Db, workspace_id: string, ref: string): Promise<NumberedProject | undefined> {
  return db.maybeOne(sql`
    select key, last_number + 1 as number, id, workflow_version, archived_at, now() as at from projects
    where workspace_id = ${workspace_id} and ${isUuid(ref) ? sql`id = ${ref}` : sql`key = ${ref}`}`);
}

interface ProjectAsRead {
  workspace_id: string;
  project_id: string;
  workflow_version: number;
}

/**
 * Takes the project's next ticket number in the last batch, so that the project is locked only while that batch and its commit
 * run. If the project is no longer as `nextNumber` has returned it, or has `max` tickets, the number would be null, which the
 * column refuses: the transaction runs again (`isRetryable`).
 */
export function takeNextNumber(
  tx: Tx,
  { workspace_id, project_id, workflow_version }: ProjectAsRead,
  max: number,
): Promise<{ number: number }> {
  return tx.one(sql`
    update projects p set last_number = case
      when p.workflow_version = ${workflow_version} and p.archived_at is null and p.last_number < ${max}
      then p.last_number + 1 end
    where p.workspace_id = ${workspace_id} and p.id = ${project_id}
    returning last_number as number`);
}

/**
 * The project's row, whose `last_number` is the number that the transaction has just taken. The ticket's own row has it too, but
 * a statement that joined the two might read all projects of the workspace while it keeps this one locked.
 */
export const fromProject = (workspace_id: string, project_id: string): Sql =>
  sql`from projects p where p.workspace_id = ${workspace_id} and p.id = ${project_id}`;

/** Returns the ids of projects named by id or key, each once, or undefined unless all of them are in the workspace. */
export async function projectIds(db: Db, workspace_id: string, refs: readonly string[]): Promise<string[] | undefined> {
  const found = await db.rows<{ id: string; key: string }>(sql`
    select p.id, p.key from projects p
    where p.workspace_id = ${workspace_id}
      and (p.id = any (${refs.filter((ref) => isUuid(ref))}::uuid[]) or p.key = any (${refs}::text[]))`);
  const ids = refs.map((ref) => found.find(({ id, key }) => id === ref || key === ref)?.id);
  return ids.every((id) => id !== undefined) ? [...new Set(ids)] : undefined;
}
