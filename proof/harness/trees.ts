import { hash } from 'node:crypto';
import type pg from 'pg';

/** How many trees are rebuilt, the largest first, and the most leaves that one may have. */
const [max_trees, max_leaves] = [5, 200_000];
/** The number of tree levels from one stored level to the next. */
const tile_height = 8;

// RFC 6962, section 2.1, written independently: this file shares no code with what built the trees.
const nodeOf = (left: Buffer, right: Buffer) => hash('sha256', Buffer.concat([Buffer.of(1), left, right]), 'buffer');

/** The roots of the complete subtrees, by height; at height 0 the leaves. */
function subtreesOf(leaves: readonly Buffer[]): (readonly Buffer[])[] {
  const heights = [leaves];
  for (let row = leaves; row.length > 1; heights.push(row)) {
    const below = row;
    const pair = (n: number) => nodeOf(below[2 * n] as Buffer, below[2 * n + 1] as Buffer);
    row = Array.from({ length: below.length >> 1 }, (_, n) => pair(n));
  }
  return heights;
}

/** The roots of the complete subtrees that make up a tree of `size` leaves, the largest first. */
const frontierOf = (heights: readonly (readonly Buffer[])[], size: number): Buffer[] =>
  heights.flatMap((row, height) => ((size >> height) % 2 === 1 ? (row[(size >> height) - 1] ?? []) : [])).reverse();

const rootOf = (frontier: readonly Buffer[]): Buffer =>
  frontier.length === 0 ? hash('sha256', '', 'buffer') : frontier.reduceRight((right, left) => nodeOf(left, right));

interface Head {
  workspace_id: string;
  tree_size: number;
  frontier: Buffer;
}

/** Says what is wrong with one tree, as of its head. Events added meanwhile don't change anything before the head. */
async function faultsOf(
  owner: pg.Pool | pg.ClientBase,
  { workspace_id, tree_size, frontier }: Head,
): Promise<string[]> {
  const within = [workspace_id, tree_size];
  const leaves = await owner.query<{ leaf: Buffer }>(
    'select event_leaf(e) as leaf from events e where workspace_id = $1 and sequence <= $2 order by sequence',
    within,
  );
  const heights = subtreesOf(leaves.rows.map(({ leaf }) => leaf));
  const faults: string[] = [];
  const { length } = leaves.rows;
  if (length !== tree_size) faults.push(`has ${tree_size} leaves, and there are ${length} events`);
  if (!Buffer.concat(frontierOf(heights, tree_size)).equals(frontier)) faults.push('has another frontier');
  const nodes = await owner.query<{ level: number; position: number; hash: Buffer }>(
    `select level::int, position::int, hash from event_nodes
     where workspace_id = $1 and (position + 1) << (8 * level) <= $2 order by level, position`,
    within,
  );
  for (const { level, position, hash: stored } of nodes.rows) {
    const is_it = heights[tile_height * level]?.[position]?.equals(stored) ?? false;
    if (!is_it) faults.push(`has another hash ${position} at level ${level}`);
  }
  const checkpoints = await owner.query<{ size: number; note: string }>(
    `select size::int, note from event_checkpoints where workspace_id = $1 and size <= $2 order by size desc, created_at desc limit 1`,
    within,
  );
  for (const { size, note } of checkpoints.rows) {
    const root = rootOf(frontierOf(heights, size)).toString('base64');
    if (note.split('\n')[2] !== root) faults.push(`has another root than its checkpoint of ${size}`);
  }
  return faults.slice(0, 3).map((fault) => `the tree of ${workspace_id} ${fault}`);
}

/** Rebuilds trees from their events, and compares the frontier, stored hashes and newest checkpoint. Returns the differences. */
export async function treesUnlikeTheirEvents(owner: pg.Pool | pg.ClientBase): Promise<string[]> {
  const { rows } = await owner.query<Head>(
    `select workspace_id, tree_size::int, frontier from event_heads where tree_size between 1 and $1
     order by tree_size desc limit $2`,
    [max_leaves, max_trees],
  );
  const faults: string[] = [];
  for (const head of rows) faults.push(...(await faultsOf(owner, head)));
  return faults;
}
