import cluster from 'node:cluster';
import { flushCompileCache } from 'node:module';
import closeWithGrace from 'close-with-grace';
import type { Config } from '../config.ts';
import { migrate } from '../db/migrate.ts';
import { type Database, openDatabase } from './database.ts';
import type { Listening } from './listen.ts';
import { runWorker, startWorkers } from './workers.ts';

const say = (text: string) => process.stdout.write(`${text}\n`);

function welcome(url: string, database: Database, processes: number): string {
  const account = '{"email":"ada@example.com","password":"correct horse battery","name":"Ada"}';
  return [
    '',
    `Baton serves ${url}${processes > 1 ? ` from ${processes} processes` : ''}`,
    `  reference  ${url}/docs`,
    `  database   ${database.description}`,
    '',
    'Make an account:',
    `  curl -s ${url}/v1/auth/register -H 'Content-Type: application/json' -d '${account}'`,
    '',
    'Ctrl-C stops it.',
    '',
  ].join('\n');
}

/** Serves from this process. A primary never does, and is spared loading the application. */
async function listenHere(config: Config, database_url: string): Promise<Listening> {
  const { startListening } = await import('./listen.ts');
  flushCompileCache(); // at the end would be too late for a process that is killed
  return startListening(config, database_url);
}

interface Up {
  database: Database;
  listening: Listening;
}

async function bringUp(config: Config, on_exit: (reason: string) => void): Promise<Up> {
  const database = await openDatabase(config, on_exit);
  try {
    const log = (message: string) => process.stderr.write(`${message}\n`);
    if (config.migrate) await migrate({ url: database.owner_url, log });
    const listening =
      config.processes === 1
        ? await listenHere(config, database.url)
        : await startWorkers(config.processes, { DATABASE_URL: database.url });
    return { database, listening };
  } catch (error) {
    await database.stop();
    throw error;
  }
}

/** Brings up everything: database, schema, one or several processes; and takes it all down again when told to. */
export async function serve(config: Config): Promise<void> {
  if (cluster.isWorker) {
    await runWorker(() => listenHere(config, config.database_url ?? ''));
    return;
  }
  let failed = false;
  const fail = (reason: string) => {
    failed = true;
    process.stderr.write(`${reason}\n`);
    grace.close();
  };
  const starting = bringUp(config, fail);
  let stopping = false;
  const delay = config.drain_ms + config.shutdown_timeout_ms + 35_000;
  const grace = closeWithGrace({ delay, logger: false }, async ({ err }) => {
    stopping = true;
    if (err !== undefined) process.stderr.write(`${err.message}\n`);
    else say('Stopping: answering what is under way …');
    // Told to stop while starting, it starts first: what is half up can't be taken down.
    const up = await starting.catch(() => undefined);
    await up?.listening.stop();
    await up?.database.stop();
    if (err === undefined) say('Stopped.');
    if (failed) process.exit(1); // whoever looks after us is to start us again; left to close-with-grace, it would be 0
  });
  try {
    const { listening, database } = await starting;
    if (!stopping) say(welcome(listening.url, database, config.processes));
  } catch (error) {
    grace.uninstall();
    throw error;
  }
}
