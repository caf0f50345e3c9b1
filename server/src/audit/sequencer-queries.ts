import { sql } from '../db/sql.ts';
import type { Db, Tx } from '../db/transaction.ts';
import type { Position } from '../db/walk.ts';

/** How many entries are looked at for the workspaces that they are of. */
const looked_at = 500;

/** Workspaces behind this one that have something to number, at least one if there is one. */
export async function workspacesToNumber(db: Db, behind: string): Promise<string[]> {
  const rows = await db.rows<{ workspace_id: string }>(sql`
    select distinct o.workspace_id from (
      select workspace_id from outbox where workspace_id > ${behind} order by workspace_id limit ${looked_at}) o
    order by o.workspace_id`);
  return rows.map(({ workspace_id }) => workspace_id);
}

/** How many events the workspace has, locked; nothing where another process numbers them. */
export function lockHead(tx: Tx, workspace_id: string): Promise<{ last_sequence: number } | undefined> {
  return tx.maybeOne(sql`
    select h.last_sequence from event_heads h where h.workspace_id = ${workspace_id} for no key update skip locked`);
}

/** What is to be numbered next, in this order. */
export function nextEntries(tx: Tx, workspace_id: string, limit: number): Promise<Position[]> {
  return tx.rows(sql`
    select o.created_at as at, o.id from outbox o where o.workspace_id = ${workspace_id}
    order by o.created_at, o.id limit ${limit}`);
}

interface Numbered {
  workspace_id: string;
  /** In the order of their numbers. */
  entries: readonly Position[];
  /** The number before the first. */
  last_sequence: number;
}

/**
 * Moves entries from the outbox to the events, each with its number. By their ids and never by a bound of their times:
 * what was committed meanwhile with an earlier time would be removed, too. The times only help to find them.
 */
export async function moveEntries(tx: Tx, { workspace_id, entries, last_sequence }: Numbered): Promise<void> {
  const ids = entries.map(({ id }) => id);
  const numbers = entries.map((_, n) => last_sequence + n + 1);
  const [low, high] = [entries[0]?.at, entries.at(-1)?.at];
  const among = sql`o.workspace_id = ${workspace_id} and o.created_at between ${low} and ${high}`;
  const moved = await Promise.all([
    tx.affected(sql`
      insert into events (workspace_id, sequence, created_at, id, actor_id, action, subject_type, subject_id, subject_version,
        ticket_id, before, after, request_id, token_id, on_behalf_of)
      select o.workspace_id, n.sequence, o.created_at, o.id, o.actor_id, o.action, o.subject_type, o.subject_id,
        o.subject_version, o.ticket_id, o.before, o.after, o.request_id, o.token_id, o.on_behalf_of
      from outbox o join unnest(${ids}::uuid[], ${numbers}::bigint[]) n (id, sequence) on n.id = o.id
      where ${among}`),
    tx.affected(sql`delete from outbox o where ${among} and o.id = any (${ids}::uuid[])`),
    tx.affected(sql`
      update event_heads set last_sequence = ${last_sequence + entries.length}, updated_at = now()
      where workspace_id = ${workspace_id}`),
  ]);
  const expected = [entries.length, entries.length, 1];
  if (moved.join() !== expected.join()) {
    throw new Error(`Numbering changed ${moved.join(', ')} rows, not ${expected.join(', ')}.`);
  }
}
