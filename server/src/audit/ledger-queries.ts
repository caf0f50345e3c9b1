import { type Columns, insertedFrom } from '../db/columns.ts';
import { sql } from '../db/sql.ts';
import type { Db, Tx } from '../db/transaction.ts';
import { type Column, named, withinBudget } from '../db/walk.ts';
import type { Hash, Place } from '../ledger/merkle.ts';

/** What decides whether a checkpoint has to be signed. */
export interface Due {
  tree_size: number;
  frontier: Buffer;
  /** The size of the largest checkpoint by this signer, and by any signer; null if there is none. */
  own_size: number | null;
  kept_size: number | null;
  /** Whether this signer's last checkpoint was signed within the interval. */
  is_recent: boolean;
}

export function dueCheckpoint(
  db: Db,
  workspace_id: string,
  { signer, interval_s }: { signer: string; interval_s: number },
): Promise<Due | undefined> {
  return db.maybeOne(sql`
    select h.tree_size, h.frontier, own.size as own_size, kept.size as kept_size,
      coalesce(own.created_at > now() - make_interval(secs => ${interval_s}::integer), false) as is_recent
    from event_heads h
    left join lateral (
      select c.size from event_checkpoints c where c.workspace_id = ${workspace_id} order by c.size desc limit 1) kept on true
    left join lateral (
      select c.size, c.created_at from event_checkpoints c where c.workspace_id = ${workspace_id} and c.signer = ${signer}
      order by c.size desc limit 1) own on true
    where h.workspace_id = ${workspace_id}`);
}

export interface SignedCheckpoint {
  size: number;
  signer: string;
  note: string;
}

const checkpoint_columns = {
  workspace_id: sql`workspace_id`,
  size: sql`size`,
  signer: sql`signer`,
  note: sql`note`,
} satisfies Columns<'workspace_id' | keyof SignedCheckpoint>;

/** Stores a signed checkpoint unless a larger one is stored. */
export function insertCheckpoint(tx: Tx, workspace_id: string, signed: SignedCheckpoint): void {
  const unless_more = sql`
    where not exists (
      select 1 from event_checkpoints c where c.workspace_id = ${workspace_id} and c.size > ${signed.size})`;
  tx.send(sql`
    insert into event_checkpoints ${insertedFrom(checkpoint_columns, { workspace_id, ...signed }, unless_more)}
    on conflict do nothing`);
}

/** Returns the last checkpoint of this signer. */
export function lastCheckpoint(
  db: Db,
  workspace_id: string,
  signer: string,
): Promise<Pick<SignedCheckpoint, 'size' | 'note'> | undefined> {
  return db.maybeOne(sql`
    select c.size, c.note from event_checkpoints c where c.workspace_id = ${workspace_id} and c.signer = ${signer}
    order by c.size desc limit 1`);
}

/** Returns the number of events in the workspace's tree. */
export async function treeSize(db: Db, workspace_id: string): Promise<number> {
  const head = await db.maybeOne<{ tree_size: number }>(sql`
    select h.tree_size from event_heads h where h.workspace_id = ${workspace_id}`);
  return head?.tree_size ?? 0;
}

/**
 * Returns the hashes at these places of the tiles, in the same order. Hashes of leaves are computed from the events.
 */
export async function hashesAt(db: Db, workspace_id: string, places: readonly Place[]): Promise<Hash[]> {
  if (places.length === 0) return [];
  const leaves = places.filter(({ level }) => level === 0).map(({ position }) => position + 1);
  const nodes = places.filter(({ level }) => level > 0);
  const rows = await Promise.all([
    db.rows<Place & { hash: Hash }>(sql`
      select 0 as level, e.sequence - 1 as position, event_leaf(e) as hash from events e
      where e.workspace_id = ${workspace_id} and e.sequence = any (${leaves}::bigint[])`),
    db.rows<Place & { hash: Hash }>(sql`
      select n.level, n.position, n.hash
      from unnest(${nodes.map(({ level }) => level)}::smallint[], ${nodes.map(({ position }) => position)}::bigint[])
        as p (level, position)
      join event_nodes n on n.workspace_id = ${workspace_id} and n.level = p.level and n.position = p.position`),
  ]);
  const found = new Map(rows.flat().map(({ level, position, hash }) => [`${level}/${position}`, hash]));
  return places.map(({ level, position }) => {
    const hash = found.get(`${level}/${position}`);
    if (hash === undefined) throw new Error(`The tree of ${workspace_id} has no hash ${position} at level ${level}.`);
    return hash;
  });
}

/** Returns the entries of `count` events, beginning with number `first`. */
export async function entriesFrom(db: Db, workspace_id: string, first: number, count: number): Promise<string[]> {
  const rows = await db.rows<{ entry: string }>(sql`
    select event_entry(e) as entry from events e
    where e.workspace_id = ${workspace_id} and e.sequence between ${first} and ${first + count - 1} order by e.sequence`);
  return rows.map(({ entry }) => entry);
}

export interface ExportedEvent {
  entry: string;
  /** Null, like the payload, once the payload was erased. */
  salt: Buffer | null;
  payload: string | null;
}

/** The exported columns of an event `e`. */
const exported_columns = {
  entry: { name: sql`entry`, value: sql`event_entry(e)` },
  salt: { name: sql`salt`, value: sql`e.salt` },
  payload: {
    name: sql`payload`,
    value: sql`case when e.salt is not null then event_payload(e.before, e.after, e.request_id) end`,
  },
} satisfies Record<keyof ExportedEvent, Column>;

const exported: Column[] = Object.values(exported_columns);
const exported_names = exported.map(({ name }) => name);

/** Returns the events after the number `after`, as many as fit into a response. */
export async function eventsToExport(
  db: Db,
  workspace_id: string,
  { after, last, limit }: { after: number; last: number; limit: number },
): Promise<ExportedEvent[]> {
  const page = sql`
    select ${named(exported)}
    from events e where e.workspace_id = ${workspace_id} and e.sequence > ${after} and e.sequence <= ${last}
    order by e.sequence limit ${limit}`;
  const rows = await db.rows<ExportedEvent & { fits: boolean }>(
    withinBudget(page, exported_names, {
      columns: [exported_columns.payload.name],
      json_bytes: sql`octet_length(q.entry) + coalesce(octet_length(q.payload), 0) + 128`,
    }),
  );
  return rows.filter(({ fits }) => fits).map(({ fits: _, ...event }) => event);
}
