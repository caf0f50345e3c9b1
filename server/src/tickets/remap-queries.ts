import { type Columns, insertedFrom, later, selected } from '../db/columns.ts';
import { type Sql, sql } from '../db/sql.ts';
import type { Tx } from '../db/transaction.ts';
import { newId } from '../lib/ids.ts';
import type { Loss, Standing } from '../projects/remap.ts';
import { ticket_columns, transition_columns } from './queries.ts';

/** A project whose workflow is replaced. */
export interface InProject {
  workspace_id: string;
  project_id: string;
}

/** Matches the tickets with a status or resolution that a new workflow removes, deleted ones included: they could be restored. */
function isStale({ workspace_id, project_id }: InProject, { dropped, undone, gone, done }: Loss): Sql {
  // Only tickets in a status of the category done have a resolution, so the others aren't read.
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
  /** The time of the change about to be written. */
  at: string;
}

const stale_columns = {
  id: ticket_columns.id,
  status: ticket_columns.status,
  resolution: ticket_columns.resolution,
  status_sequence: ticket_columns.status_sequence,
  version: ticket_columns.version,
} satisfies Columns<Exclude<keyof StaleTicket, 'at'>>;

/** Locks those tickets one after the other, by id. */
export function lockStale(tx: Tx, at: InProject, loss: Loss): Promise<StaleTicket[]> {
  return tx.rows(sql`
    select ${selected(stale_columns, sql`t`)}, ${later(sql`t.updated_at`)} as at
    from tickets t
    where ${isStale(at, loss)}
    order by t.id for no key update`);
}

/** A ticket that a new workflow changes, with its new version and time and the status and resolution it gets. */
export interface Remapping extends StaleTicket {
  to_status: string;
  to_resolution: string | null;
}

export function moveTickets(tx: Tx, workspace_id: string, tickets: Remapping[]): void {
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

/** Records the tickets that the new workflow moves in their status history, marked as remapped, since no transition was taken. */
export function insertRemappings(
  tx: Tx,
  row: InProject & { workflow_version: number; actor_id: string },
  tickets: Remapping[],
): void {
  const values = {
    ...row,
    id: sql`r.id`,
    ticket_id: sql`r.ticket_id`,
    sequence: sql`r.sequence`,
    from_status: sql`r.from_status`,
    to_status: sql`r.to_status`,
    resolution: sql`r.resolution`,
    comment_id: sql`null`,
    remapped: sql`true`,
    created_at: sql`r.at`,
  };
  const from = sql`
    from unnest(${tickets.map(({ id }) => id)}::uuid[],
      ${tickets.map(({ status_sequence }) => status_sequence)}::integer[], ${tickets.map(newId)}::uuid[],
      ${tickets.map(({ status }) => status)}::text[], ${tickets.map(({ to_status }) => to_status)}::text[],
      ${tickets.map(({ to_resolution }) => to_resolution)}::text[], ${tickets.map(({ at }) => at)}::timestamptz[])
      as r (ticket_id, sequence, id, from_status, to_status, resolution, at)`;
  tx.send(sql`insert into status_history ${insertedFrom(transition_columns, values, from)}`);
}
