import pg from 'pg';
import { disableUser } from './accounts/disable.ts';
import { type Config, ConfigError, readConfig, readEnvFile } from './config.ts';
import { UnfitDatabaseError } from './db/connection-check.ts';
import { EmbeddedError } from './db/embedded.ts';
import { migrate, MigrationChangedError } from './db/migrate.ts';
import { openDatabase } from './process/database.ts';
import { serve } from './process/serve.ts';

const usage = `Usage: baton <verb>

  serve                 serve the API (the default)
  migrate               bring the schema up to date, and end
  disable-user EMAIL    refuse this account from its next request on

Settings come from the environment; docs/operating.md lists them.`;

async function withDatabase<T>(config: Config, work: (owner_url: string) => Promise<T>): Promise<T> {
  const database = await openDatabase(config, () => undefined);
  try {
    return await work(database.owner_url);
  } finally {
    await database.stop();
  }
}

async function disable(owner_url: string, email: string): Promise<void> {
  const client = new pg.Client({ connectionString: owner_url });
  await client.connect();
  try {
    const found = await disableUser(client, email);
    console.log(found ? `Disabled ${email}.` : `There is no enabled account ${email}.`);
    if (!found) process.exitCode = 1;
  } finally {
    await client.end();
  }
}

async function main(verb = 'serve', ...rest: string[]): Promise<void> {
  readEnvFile();
  const [email] = rest;
  if (verb === 'serve' && rest.length === 0) {
    await serve(readConfig(undefined, console.error));
  } else if (verb === 'migrate' && rest.length === 0) {
    const applied = await withDatabase(readConfig(), (url) => migrate({ url, log: console.error }));
    console.log(applied.length === 0 ? 'The schema is up to date.' : `Applied ${applied.join(', ')}.`);
  } else if (verb === 'disable-user' && email !== undefined && rest.length === 1) {
    await withDatabase(readConfig(), (url) => disable(url, email));
  } else if (verb === '--help' || verb === 'help') {
    console.log(usage);
  } else {
    console.error(usage);
    process.exitCode = 2;
  }
}

/** Does what the command line says; a failure is told on stderr, and by the exit code. */
export async function runVerb(...args: string[]): Promise<void> {
  try {
    await main(...args);
  } catch (error) {
    const expected = [ConfigError, EmbeddedError, MigrationChangedError, UnfitDatabaseError];
    console.error(expected.some((kind) => error instanceof kind) ? (error as Error).message : error);
    // Not process.exit: what is still open, a database say, is to be let go first.
    process.exitCode = 1;
  }
}
