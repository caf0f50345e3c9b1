import type pg from 'pg';
import type { Place } from './seed.ts';

/**
 * What PostgreSQL writes for one update of a ticket: the bytes of its write-ahead log, and the share of updates that touch no
 * index.
 */
export interface Updates {
  says: string;
  wal_bytes: number;
  hot_share: number;
}

const kinds = [
  { says: 'an edit of the title', set: `title = title || '!'` },
  { says: 'a transition', set: `status = 'in_progress', status_sequence = status_sequence + 1` },
];
const tickets = 500;

interface Plan {
  'QUERY PLAN': [{ Plan: { 'WAL Bytes': number; 'WAL FPI Bytes'?: number; 'WAL FPI': number } }];
}

/**
 * Updates tickets one by one, twice, in a transaction that is rolled back, and counts the second time. The first time, PostgreSQL
 * writes each page in full, once per checkpoint.
 */
async function measureKind(client: pg.PoolClient, { workspace_id, project_id }: Place, set: string) {
  const { rows } = await client.query<{ id: string }>(
    `select id from tickets where workspace_id = $1 and project_id = $2 and status = 'open' order by random() limit ${tickets}`,
    [workspace_id, project_id],
  );
  const updateAll = async () => {
    let bytes = 0;
    for (const { id } of rows) {
      const { rows: plans } = await client.query<Plan>(
        `explain (analyze, wal, costs off, timing off, format json)
         update tickets set ${set}, version = version + 1, updated_at = greatest(now(), updated_at + interval '1 microsecond')
         where workspace_id = $1 and id = $2`,
        [workspace_id, id],
      );
      bytes += plans[0]?.['QUERY PLAN'][0].Plan['WAL Bytes'] ?? 0;
    }
    return bytes / rows.length;
  };
  await updateAll();
  const before = await updatesOf(client);
  const wal_bytes = await updateAll();
  const after = await updatesOf(client);
  return { wal_bytes, hot_share: (after.hot - before.hot) / (after.all - before.all) };
}

async function updatesOf(client: pg.PoolClient): Promise<{ all: number; hot: number }> {
  const { rows } = await client.query<{ all: number; hot: number }>(
    `select n_tup_upd::integer as all, n_tup_hot_upd::integer as hot from pg_stat_xact_user_tables where relname = 'tickets'`,
  );
  return rows[0] ?? { all: 0, hot: 0 };
}

export async function measureUpdates(owner: pg.Pool, place: Place): Promise<Updates[]> {
  const client = await owner.connect();
  const measured: Updates[] = [];
  try {
    for (const { says, set } of kinds) {
      await client.query('begin');
      measured.push({ says, ...(await measureKind(client, place, set)) });
      await client.query('rollback');
    }
    return measured;
  } finally {
    client.release(true);
  }
}
