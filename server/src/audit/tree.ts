import type pg from 'pg';
import type { Logger } from 'pino';
import { readOnly, transaction, type Tx } from '../db/transaction.ts';
import { first_id } from '../db/walk.ts';
import { extended, frontierOf, type Hash } from '../ledger/merkle.ts';
import { Loop, type Pass } from '../work/loop.ts';
import { insertNodes, leavesBetween, lockTree, type TreeHead, updateTree, workspacesBehind } from './tree-queries.ts';

const task = 'event_trees';
/** Only after a migration is there something to do. */
const interval_ms = 60_000;
/** One transaction's, for which numbering waits. */
const batch_size = 1_000;

/** Adds leaves to the workspace's tree, in the transaction that has its head locked. */
export function extendTree(tx: Tx, workspace_id: string, head: TreeHead, leaves: readonly Hash[]): void {
  const { size, roots, nodes } = extended(frontierOf(head.tree_size, head.frontier), leaves);
  if (nodes.length > 0) insertNodes(tx, workspace_id, nodes);
  updateTree(tx, workspace_id, { tree_size: size, frontier: Buffer.concat(roots) });
}

/** Adds the next events to a tree that lacks some. Gives how many. */
function catchUp(pool: pg.Pool, workspace_id: string): Promise<number> {
  return transaction(pool, { workspace_id }, async (tx) => {
    const head = await lockTree(tx, workspace_id);
    if (head === undefined || head.tree_size >= head.last_sequence) return 0;
    const last = Math.min(head.tree_size + batch_size, head.last_sequence);
    const leaves = await leavesBetween(tx, head.tree_size + 1, last);
    if (leaves.length !== last - head.tree_size) throw new Error(`An event is missing before number ${last}.`);
    extendTree(tx, workspace_id, head, leaves);
    return leaves.length;
  });
}

/** Adds to the trees what was numbered before there were any: of each workspace that lacks some, a batch. */
export async function catchUpTrees(pool: pg.Pool, { goesOn, count }: Pass): Promise<'done' | 'more'> {
  let [behind, left] = [first_id, false];
  let failure: unknown;
  while (goesOn()) {
    const found = await readOnly(pool, {}, (db) => workspacesBehind(db, behind));
    if (found.length === 0) {
      if (failure !== undefined) throw failure;
      return left ? 'more' : 'done';
    }
    for (const { workspace_id } of found) {
      if (!goesOn()) return 'more';
      behind = workspace_id;
      // One that can't be added to keeps no other waiting.
      const added = await catchUp(pool, workspace_id).catch((error: unknown) => {
        failure = error;
        return 0;
      });
      count(added);
      left ||= added === batch_size;
    }
  }
  return 'more';
}

/** Any number of processes may run it: it goes by the heads, which say what their trees lack. */
export function treesLoop(pool: pg.Pool, log: Logger): Loop {
  return new Loop({ name: task, interval_ms, log, pass: (one) => catchUpTrees(pool, one) });
}
