import type pg from 'pg';
import type { Logger } from 'pino';
import { readOnly, transaction, type Tx } from '../db/transaction.ts';
import { first_id } from '../db/walk.ts';
import { extended, frontierOf, type Hash } from '../ledger/merkle.ts';
import { Loop, type Pass } from '../work/loop.ts';
import { insertNodes, leavesBetween, lockTree, type TreeHead, updateTree, workspacesBehind } from './tree-queries.ts';

const task = 'event_trees';
/** It can be long, because there is something to do only after a migration. */
const interval_ms = 60_000;
/** The size of one transaction, which numbering waits for. */
const batch_size = 1_000;

/** Adds leaves to the workspace's tree. The transaction must have locked the tree's head. */
export function extendTree(tx: Tx, workspace_id: string, head: TreeHead, leaves: readonly Hash[]): void {
  const { size, roots, nodes } = extended(frontierOf(head.tree_size, head.frontier), leaves);
  if (nodes.length > 0) insertNodes(tx, workspace_id, nodes);
  updateTree(tx, workspace_id, { tree_size: size, frontier: Buffer.concat(roots) });
}

/** Adds the next events to a tree that lacks some. Returns how many it added. */
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

/** Adds events that were numbered before trees existed: one batch for each workspace whose tree lacks some. */
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
      // A tree that can't be extended must not delay the others.
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

/**
 * Creates the loop that extends trees. Any number of processes may run it, since each head says what its tree lacks.
 */
export function treesLoop(pool: pg.Pool, log: Logger): Loop {
  return new Loop({ name: task, interval_ms, log, pass: (one) => catchUpTrees(pool, one) });
}
