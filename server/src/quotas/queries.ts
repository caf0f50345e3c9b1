import { type Sql, sql } from '../db/sql.ts';
import type { Db, Tx } from '../db/transaction.ts';

/** Counts rows, up to the limit. */
export async function countUpTo(db: Db, limit: number, rows: Sql): Promise<number> {
  const { taken } = await db.one<{ taken: number }>(sql`
    select count(*)::integer as taken from (${rows} limit ${limit}) as r`);
  return taken;
}

/** Adds to the bytes that a workspace has written. Returns the sum. */
export async function addUsage(tx: Tx, workspace_id: string, added: number): Promise<number> {
  const { bytes } = await tx.one<{ bytes: number }>(sql`
    insert into workspace_usage as u (workspace_id, bytes) values (${workspace_id}, ${added})
    on conflict (workspace_id) do update set bytes = u.bytes + excluded.bytes
    returning bytes`);
  return bytes;
}

/** Subtracts removed rows from what the quotas of their workspaces count. Selects one row for each of them. */
export const uncounted = (gone: Sql): Sql => sql`
  select 1 from ${gone} cross join (select uncount_rows(array_agg(g.workspace_id)) from ${gone} g) u`;
