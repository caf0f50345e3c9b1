import { sql } from '../db/sql.ts';
import type { Db, Tx } from '../db/transaction.ts';
import type { Position } from '../db/walk.ts';
import type { Hash } from '../ledger/merkle.ts';
import { head_columns, type TreeHead } from './tree-queries.ts';

/** How many entries are read to find the workspaces that have some. */
const looked_at = 500;

/** Returns the next workspaces, after `behind`, with entries to number, and how long the oldest has waited. */
export function workspacesToNumber(db: Db, behind: string): Promise<{ workspace_id: string; waited_s: number }[]> {
  return db.rows(sql`
    select o.workspace_id, extract(epoch from now() - min(o.created_at))::float as waited_s from (
      select workspace_id, created_at from outbox where workspace_id > ${behind}
      order by workspace_id, created_at limit ${looked_at}) o
    group by o.workspace_id order by o.workspace_id`);
}

/** Returns the head of the workspace's events, locked; undefined if another process is numbering them. */
export function lockHead(tx: Tx, workspace_id: string): Promise<TreeHead | undefined> {
  return tx.maybeOne(sql`
    select ${head_columns} from event_heads h
    where h.workspace_id = ${workspace_id} for no key update skip locked`);
}

/** Returns the entries to number next, in their order. */
export function nextEntries(tx: Tx, workspace_id: string, limit: number): Promise<Position[]> {
  return tx.rows(sql`
    select o.created_at as at, o.id from outbox o where o.workspace_id = ${workspace_id}
    order by o.created_at, o.id limit ${limit}`);
}

interface Numbered {
  /** In the order of their numbers. */
  entries: readonly Position[];
  /** The number before the first. */
  last_sequence: number;
}

/** Numbers the entries in their order, and returns their hashes. If one can't be numbered, the transaction fails. */
export async function numberEntries(tx: Tx, { entries, last_sequence }: Numbered): Promise<Hash[]> {
  const ids = entries.map(({ id }) => id);
  const { leaves } = await tx.one<{ leaves: Hash[] }>(sql`
    select number_events(${ids}::uuid[], ${entries[0]?.at}::timestamptz, ${entries.at(-1)?.at}::timestamptz,
      ${last_sequence + 1}::bigint) as leaves`);
  return leaves;
}
