import type pg from 'pg';
import { bookkeeping } from '../../scripts/schema.ts';

/** A table with its kind, which its comment states (server/migrations/0007_table_kinds.sql). */
export interface Table {
  name: string;
  kind: string | null;
  append_only: boolean;
  /** Requests read its rows, and change columns of rows that the worker added. */
  by_worker: boolean;
  /** Requests add rows, and the worker removes them. */
  queue: boolean;
  row_security: boolean;
  forced: boolean;
  policies: number;
}

const tables = `
  select c.relname as name, split_part(k.kind, ', ', 1) as kind, coalesce(k.kind like '%, append-only%', false) as append_only,
    coalesce(k.kind like '%, by the worker', false) as by_worker, coalesce(k.kind like '%, queue', false) as queue,
    c.relrowsecurity as row_security, c.relforcerowsecurity as forced,
    (select count(*)::int from pg_policy p where p.polrelid = c.oid) as policies
  from pg_class c
  join pg_namespace n on n.oid = c.relnamespace
  cross join lateral (select obj_description(c.oid, 'pg_class') as kind) k
  where n.nspname = 'public' and c.relkind in ('r', 'p') and c.relname not in ${bookkeeping}
  order by 1`;

/** Every table of a database, except those of the migrations. */
export async function readTables(owner: Pick<pg.Pool, 'query'>): Promise<Table[]> {
  return (await owner.query<Table>(tables)).rows;
}

/** The tables of a kind. */
export async function tablesOf(owner: Pick<pg.Pool, 'query'>, kind: 'workspace' | 'account'): Promise<string[]> {
  return (await readTables(owner)).filter((table) => table.kind === kind).map(({ name }) => name);
}
