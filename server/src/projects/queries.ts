import { type Sql, sql } from '../db/sql.ts';
import type { Db, Tx } from '../db/transaction.ts';
import type { KeysetPart } from '../http/cursor.ts';
import { isUuid } from '../lib/ids.ts';
import type { Project } from './contract.ts';
import type { WorkflowDefinition } from './workflow-definition.ts';

const columns = sql`
  p.id, p.key, p.name, p.workflow_version, p.version, p.created_by, p.created_at, p.updated_at, p.archived_at`;

/** The conditions that find one project by its id or its key. */
export function isProject(workspace_id: string, ref: string): Sql {
  const here = sql`p.workspace_id = ${workspace_id}`;
  return isUuid(ref) ? sql`${here} and p.id = ${ref}` : sql`${here} and p.key = ${ref}`;
}

export function projectByRef(db: Db, workspace_id: string, ref: string): Promise<Project | undefined> {
  return db.maybeOne(sql`select ${columns} from projects p where ${isProject(workspace_id, ref)}`);
}

/** The project, held against everything under way in it: transitions and creates wait, and it waits for them. */
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

export function insertProject(
  tx: Tx,
  row: { workspace_id: string; id: string; key: string; name: string; created_by: string },
): Promise<Project> {
  return tx.one(sql`
    insert into projects as p (workspace_id, id, key, name, created_by)
    values (${row.workspace_id}, ${row.id}, ${row.key}, ${row.name}, ${row.created_by})
    returning ${columns}`);
}

export function updateProject(
  tx: Tx,
  workspace_id: string,
  id: string,
  row: { name: string; archived: boolean; workflow_version: number },
): Promise<Project> {
  const archived_at: Sql = row.archived ? sql`coalesce(p.archived_at, now())` : sql`null`;
  return tx.one(sql`
    update projects as p set name = ${row.name}, archived_at = ${archived_at},
      workflow_version = ${row.workflow_version}, version = p.version + 1,
      updated_at = greatest(now(), p.updated_at + interval '1 microsecond')
    where p.workspace_id = ${workspace_id} and p.id = ${id}
    returning ${columns}`);
}

/** Appends a version of the workflow. Rows of this table are never changed. */
export function insertWorkflow(
  tx: Tx,
  row: {
    workspace_id: string;
    project_id: string;
    version: number;
    definition: WorkflowDefinition;
    created_by: string;
  },
): void {
  tx.send(sql`
    insert into workflows (workspace_id, project_id, version, definition, created_by)
    values (${row.workspace_id}, ${row.project_id}, ${row.version}, ${JSON.stringify(row.definition)},
      ${row.created_by})`);
}

export function insertStatuses(tx: Tx, workspace_id: string, project_id: string, statuses: string[]): void {
  tx.send(sql`
    insert into project_statuses (workspace_id, project_id, status)
    select ${workspace_id}, ${project_id}, unnest(${statuses}::text[])`);
}

/** The tickets' foreign key refuses this for a status in use, whoever asks. */
export function deleteStatuses(tx: Tx, workspace_id: string, project_id: string, statuses: string[]): void {
  tx.send(sql`
    delete from project_statuses
    where workspace_id = ${workspace_id} and project_id = ${project_id} and status = any (${statuses}::text[])`);
}

/** How many tickets are in each of these statuses, deleted ones included: they could be restored. */
export function ticketsInStatuses(tx: Tx, workspace_id: string, project_id: string, statuses: string[]) {
  return tx.rows<{ status: string; tickets: number }>(sql`
    select status, count(*)::integer as tickets from tickets
    where workspace_id = ${workspace_id} and project_id = ${project_id} and status = any (${statuses}::text[])
    group by status order by status`);
}
