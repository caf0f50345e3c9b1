import { readdirSync } from 'node:fs';
import pg from 'pg';
import { version } from '../lib/project.ts';
import { migrations_dir } from './migrate.ts';

export interface SchemaState {
  /** Why this code can't use the schema, and what to do; undefined when it can. */
  fault: string | undefined;
  /** The migrations in the schema that this code doesn't know, in words. */
  newer: string | undefined;
}

const needed = readdirSync(migrations_dir)
  .filter((name) => name.endsWith('.sql'))
  .map((name) => name.replace(/\.sql$/, ''));

const ways = 'Run npm run migrate, or leave BATON_MIGRATE on.';

/**
 * Compares the applied migrations with those that this code was written for. Missing ones are a fault. Additional ones
 * are not: during a rollout, the previous version continues on the new schema.
 */
export async function schemaState(db: pg.Pool | pg.ClientBase): Promise<SchemaState> {
  try {
    const { rows } = await db.query<{ name: string }>('select name from pgmigrations order by id');
    const applied = rows.map(({ name }) => name);
    const missing = needed.filter((name) => !applied.includes(name));
    const unknown = applied.filter((name) => !needed.includes(name));
    return {
      fault: missing.length === 0 ? undefined : `The database lacks ${missing.join(', ')} of this version. ${ways}`,
      newer:
        unknown.length === 0
          ? undefined
          : `The database has ${unknown.join(', ')}, which Baton ${version} does not know: a newer version migrated it.`,
    };
  } catch (error) {
    const fault = faultOf(error);
    if (fault === undefined) throw error;
    return { fault, newer: undefined };
  }
}

/**
 * The fault that an error shows: there is no schema, or it was migrated before requests could read this table.
 * Undefined for any other error.
 */
function faultOf(error: unknown): string | undefined {
  if (!(error instanceof pg.DatabaseError)) return undefined;
  if (error.code === '42P01') return `The database is empty. ${ways}`;
  if (error.code === '42501' && error.message.includes('pgmigrations')) {
    return `The database was migrated by an older version. ${ways}`;
  }
  // The role that requests act as is created by the first migration.
  if (error.message.startsWith('role "'))
    return `${error.message}: the database is empty, or BATON_APP_ROLE is wrong. ${ways}`;
  return undefined;
}
