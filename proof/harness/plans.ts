import type pg from 'pg';
import { prepare, type Sql } from '../../server/src/db/sql.ts';
import { beginRead } from '../../server/src/db/transaction.ts';

/** What PostgreSQL did for one node of a plan; the buffers include those of all nodes below it. */
export interface PlanNode {
  'Node Type': string;
  'Relation Name'?: string;
  'Parent Relationship'?: string;
  'Actual Rows': number;
  'Actual Loops': number;
  'Rows Removed by Filter'?: number;
  'Rows Removed by Index Recheck'?: number;
  'Workers Planned'?: number;
  'Shared Hit Blocks'?: number;
  'Shared Read Blocks'?: number;
  Plans?: PlanNode[];
}

const of_its_own = ['CTE Scan', 'WorkTable Scan'];

/** How many rows of tables a statement read: those that its scans returned, and those that they filtered out. */
export function rowsLookedAt(node: PlanNode): number {
  const own =
    (node.Plans ?? []).length > 0 || of_its_own.includes(node['Node Type'])
      ? 0
      : (node['Actual Rows'] + (node['Rows Removed by Filter'] ?? 0) + (node['Rows Removed by Index Recheck'] ?? 0)) *
        node['Actual Loops'];
  return (node.Plans ?? []).reduce((sum, plan) => sum + rowsLookedAt(plan), own);
}

/** Writes a list as a PostgreSQL literal. */
const arrayOf = (values: unknown[]) => `{${values.map((value) => JSON.stringify(value)).join()}}`;

/** Runs a statement as a prepared one and returns its plan with what it did. */
export async function explain(client: pg.PoolClient, statement: Sql): Promise<PlanNode> {
  const { text, values } = prepare(statement);
  const literals = values.map((value) =>
    value === null
      ? 'null'
      : client.escapeLiteral(Array.isArray(value) ? arrayOf(value) : String(value as string | number)),
  );
  await client.query(`prepare it as ${text}`);
  const run = literals.length === 0 ? 'it' : `it (${literals.join(', ')})`;
  const { rows } = await client.query(`explain (analyze, buffers, timing off, format json) execute ${run}`);
  await client.query('deallocate it');
  return rows[0]['QUERY PLAN'][0].Plan as PlanNode;
}

/**
 * Runs a transaction set up like that of a list, of figures or of a write, with one kind of plan for every statement: custom (for
 * its values) or generic (for any).
 */
export async function planning<T>(
  {
    pool,
    workspace_id,
    mode,
    as = 'list',
  }: { pool: pg.Pool; workspace_id: string; mode: 'custom' | 'generic'; as?: 'list' | 'figures' | 'write' },
  body: (client: pg.PoolClient) => Promise<T>,
): Promise<T> {
  const client = await pool.connect();
  try {
    // Not read-only, so that writes can be explained, too.
    const scope = { workspace_id, list: as === 'list', asker: { figures: as === 'figures' } };
    const begin = beginRead(scope).replace(', read only', '');
    await client.query(`${begin}; set local plan_cache_mode = force_${mode}_plan`);
    return await body(client);
  } finally {
    await client.query('rollback');
    client.release();
  }
}
