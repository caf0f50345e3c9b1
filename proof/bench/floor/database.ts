import pg from 'pg';
import { isoFromPostgres } from '../../../server/src/lib/time.ts';
import { texts } from './statements.ts';

const types = new pg.TypeOverrides();
types.setTypeParser(pg.types.builtins.TIMESTAMPTZ, isoFromPostgres);
types.setTypeParser(pg.types.builtins.DATE, (text) => text);
export const pool = new pg.Pool({
  connectionString: process.env['DATABASE_URL'],
  max: Number(process.env['BATON_POOL_SIZE']),
  options: '-c timezone=UTC',
  types,
  ...({ pipeline: true } as object),
});

/** A row as the driver returns it. */
export interface Row {
  [column: string]: unknown;
  id: string;
  project_id: string;
  status: string;
  version: number;
  at: string;
}

export type Send = <R extends pg.QueryResultRow = Row>(name: keyof typeof texts, values: unknown[]) => Promise<R[]>;

/** Runs work on one connection. Statements sent without awaiting travel in one batch. */
export async function onClient<T>(work: (send: Send, client: pg.PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  try {
    const send: Send = async (name, values) => (await client.query({ name, text: texts[name], values })).rows as never;
    return await work(send, client);
  } finally {
    client.release();
  }
}
