import { type Columns, selected } from '../db/columns.ts';
import { sql } from '../db/sql.ts';
import type { Db, Tx } from '../db/transaction.ts';
import type { Hash, Place } from '../ledger/merkle.ts';

/** The number of a workspace's events, and the tree of those that have been added to it. */
export interface TreeHead {
  last_sequence: number;
  tree_size: number;
  /** The concatenated roots of the tree's complete subtrees. */
  frontier: Buffer;
}

const columns_of_heads = {
  last_sequence: sql`last_sequence`,
  tree_size: sql`tree_size`,
  frontier: sql`frontier`,
} satisfies Columns<keyof TreeHead>;

export const head_columns = selected(columns_of_heads, sql`h`);

/** Returns the next workspaces, after `behind`, whose tree lacks events. */
export function workspacesBehind(db: Db, behind: string): Promise<{ workspace_id: string }[]> {
  return db.rows(sql`
    select h.workspace_id from event_heads h where h.workspace_id > ${behind} and h.tree_size < h.last_sequence
    order by h.workspace_id limit 100`);
}

/** Returns the workspace's head, locked. Unlike numbering, it waits if the head is locked. */
export function lockTree(tx: Tx, workspace_id: string): Promise<TreeHead | undefined> {
  return tx.maybeOne(sql`
    select ${head_columns} from event_heads h where h.workspace_id = ${workspace_id}
    for no key update`);
}

/**
 * Returns the hashes of events `first` to `last`, inclusive and in order, of the workspace in the transaction's scope.
 */
export async function leavesBetween(tx: Tx, first: number, last: number): Promise<Hash[]> {
  const { leaves } = await tx.one<{ leaves: Hash[] }>(sql`
    select event_leaves(${first}::bigint, ${last}::bigint) as leaves`);
  return leaves;
}

export function insertNodes(tx: Tx, workspace_id: string, nodes: readonly (Place & { hash: Hash })[]): void {
  tx.send(sql`
    insert into event_nodes (workspace_id, level, position, hash)
    select ${workspace_id}, n.level, n.position, n.hash from unnest(${nodes.map(({ level }) => level)}::smallint[],
      ${nodes.map(({ position }) => position)}::bigint[], ${nodes.map(({ hash }) => hash)}::bytea[])
      as n (level, position, hash)`);
}

export function updateTree(tx: Tx, workspace_id: string, tree: Pick<TreeHead, 'tree_size' | 'frontier'>): void {
  tx.send(sql`
    update event_heads set tree_size = ${tree.tree_size}, frontier = ${tree.frontier} where workspace_id = ${workspace_id}`);
}
