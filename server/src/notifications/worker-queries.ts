import { sql } from '../db/sql.ts';
import type { Db, Tx } from '../db/transaction.ts';

/** How many workspaces one statement looks at. */
const looked_at = 500;

export interface FoundWorkspace {
  workspace_id: string;
  /** Whether its people may have to be told something. */
  is_behind: boolean;
}

/** Workspaces behind this one, in their order. */
export function workspacesBehind(db: Db, workspace_id: string): Promise<FoundWorkspace[]> {
  return db.rows(sql`
    select h.workspace_id, coalesce(h.last_sequence > p.last_sequence
      or p.due_on < (now() at time zone 'UTC')::date or p.due_after is not null, true) as is_behind
    from (
      select workspace_id, last_sequence from event_heads where workspace_id > ${workspace_id}
      order by workspace_id limit ${looked_at}) h
    left join notification_places p on p.workspace_id = h.workspace_id
    order by h.workspace_id`);
}

/** How many one transaction goes on by, and in how many seconds who wants it gets a mail; null: nobody does. */
export interface Telling {
  batch: number;
  mail_after_s: number | null;
}

/** Tells people of the next events, of the workspace in scope. Gives how many there were; null while another process does it. */
export async function notifyOfEvents(tx: Tx, { batch, mail_after_s }: Telling): Promise<number | null> {
  const { taken } = await tx.one<{ taken: number | null }>(
    sql`select notify_of_events(${batch}::integer, ${mail_after_s}::integer) as taken`,
  );
  return taken;
}

/** Tells people of tickets that have become due. Gives how many there were; null while another process does it. */
export async function notifyOfDue(tx: Tx, { batch, mail_after_s }: Telling): Promise<number | null> {
  const { taken } = await tx.one<{ taken: number | null }>(
    sql`select notify_of_due(${batch}::integer, ${mail_after_s}::integer) as taken`,
  );
  return taken;
}
