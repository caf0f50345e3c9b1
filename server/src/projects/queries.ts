import { assigned, type Columns, inserted, selected, without } from '../db/columns.ts';
import { type Sql, sql } from '../db/sql.ts';
import type { Db, Tx } from '../db/transaction.ts';
import type { KeysetPart } from '../http/cursor.ts';
import { isUuid, newId } from '../lib/ids.ts';
import type { Project } from './contract.ts';
import type { Loss, Standing } from './remap.ts';
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

/** A row for each project, archived ones included. */
export function projectRows(workspace_id: string): Sql {
  return sql`select 1 from projects p where p.workspace_id = ${workspace_id}`;
}

/** What a new project has by default. */
const by_default = ['workflow_version', 'version', 'created_at', 'updated_at', 'archived_at'] as const;
const created_columns = { ...without(project_columns, ...by_default), workspace_id: sql`workspace_id` };

/** Nothing when the key is taken. */
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

/** All that may change of a project, apart from its version and time, which always do. */
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

interface InProject {
  workspace_id: string;
  project_id: string;
}

/** The tickets that have what a new workflow takes away, deleted ones included: they could be restored. */
function isStale({ workspace_id, project_id }: InProject, { dropped, undone, gone, done }: Loss): Sql {
  // Only a status that is done has tickets with a resolution: the others aren't read.
  const statuses = [...new Set([...dropped, ...(gone.length > 0 ? done : undone)])];
  return sql`
    t.workspace_id = ${workspace_id} and t.project_id = ${project_id} and t.status = any (${statuses}::text[])
      and (t.status = any (${dropped}::text[])
        or t.resolution is not null
          and (t.status = any (${undone}::text[]) or t.resolution = any (${gone}::text[])))`;
}

export function countStale(tx: Tx, at: InProject, loss: Loss) {
  return tx.rows<Standing & { tickets: number }>(sql`
    select t.status, t.resolution, count(*)::integer as tickets from tickets t
    where ${isStale(at, loss)}
    group by t.status, t.resolution order by t.status, t.resolution`);
}

export interface StaleTicket extends Standing {
  id: string;
  status_sequence: number;
  version: number;
  /** The time of the change about to be made. */
  at: string;
}

/** Those tickets, locked one after the other by id. */
export function lockStale(tx: Tx, at: InProject, loss: Loss): Promise<StaleTicket[]> {
  return tx.rows(sql`
    select t.id, t.status, t.resolution, t.status_sequence, t.version,
      greatest(now(), t.updated_at + interval '1 microsecond') as at
    from tickets t
    where ${isStale(at, loss)}
    order by t.id for no key update`);
}

/** A ticket that a new workflow changes: its new version and time, from where to where. */
export interface Remapping extends StaleTicket {
  to_status: string;
  to_resolution: string | null;
}

export const isMove = (ticket: Remapping) => ticket.to_status !== ticket.status;

export function remapTickets(tx: Tx, workspace_id: string, tickets: Remapping[]): void {
  tx.send(sql`
    update tickets t set status = r.status, status_sequence = r.status_sequence, resolution = r.resolution,
      version = r.version, updated_at = r.at
    from unnest(${tickets.map(({ id }) => id)}::uuid[], ${tickets.map(({ to_status }) => to_status)}::text[],
      ${tickets.map(({ status_sequence }) => status_sequence)}::integer[],
      ${tickets.map(({ to_resolution }) => to_resolution)}::text[],
      ${tickets.map(({ version }) => version)}::integer[], ${tickets.map(({ at }) => at)}::timestamptz[])
      as r (id, status, status_sequence, resolution, version, at)
    where t.workspace_id = ${workspace_id} and t.id = r.id`);
}

/** The steps of the tickets that the new workflow moves: no transition of it, and marked so. */
export function insertRemappings(
  tx: Tx,
  row: InProject & { workflow_version: number; actor_id: string },
  tickets: Remapping[],
): void {
  tx.send(sql`
    insert into status_history (workspace_id, ticket_id, sequence, id, project_id, workflow_version, from_status,
      to_status, resolution, actor_id, created_at, remapped)
    select ${row.workspace_id}, r.ticket_id, r.sequence, r.id, ${row.project_id}, ${row.workflow_version}, r.from_status,
      r.to_status, r.resolution, ${row.actor_id}, r.at, true
    from unnest(${tickets.map(({ id }) => id)}::uuid[],
      ${tickets.map(({ status_sequence }) => status_sequence)}::integer[], ${tickets.map(newId)}::uuid[],
      ${tickets.map(({ status }) => status)}::text[], ${tickets.map(({ to_status }) => to_status)}::text[],
      ${tickets.map(({ to_resolution }) => to_resolution)}::text[], ${tickets.map(({ at }) => at)}::timestamptz[])
      as r (ticket_id, sequence, id, from_status, to_status, resolution, at)`);
}
