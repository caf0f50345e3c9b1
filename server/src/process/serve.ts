import cluster from 'node:cluster';
import closeWithGrace from 'close-with-grace';
import type { Config } from '../config.ts';
import { migrate } from '../db/migrate.ts';
import { type Database, openDatabase } from './database.ts';
import { type Listening, startListening } from './listen.ts';
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

/** Brings up everything: database, schema, one or several processes; and takes it all down again when told to. */
export async function serve(config: Config): Promise<void> {
  if (cluster.isWorker) {
    await runWorker(() => startListening(config, config.database_url ?? ''));
    return;
  }
  const running: { database?: Database; listening?: Listening } = {};
  const grace = closeWithGrace(
    { delay: config.drain_ms + config.shutdown_timeout_ms + 35_000, logger: false },
    async ({ err }) => {
      if (err !== undefined) process.stderr.write(`${err.message}\n`);
      else say('Stopping: answering what is under way …');
      await running.listening?.stop();
      await running.database?.stop();
      if (err === undefined) say('Stopped.');
    },
  );
  const fail = (reason: string) => {
    process.exitCode = 1;
    process.stderr.write(`${reason}\n`);
    grace.close();
  };
  try {
    const database = await openDatabase(config, fail);
    running.database = database;
    if (config.migrate)
      await migrate({ url: database.owner_url, log: (message) => process.stderr.write(`${message}\n`) });
    running.listening =
      config.processes === 1
        ? await startListening(config, database.url)
        : await startWorkers(config.processes, { DATABASE_URL: database.url });
    say(welcome(running.listening.url, database, config.processes));
  } catch (error) {
    await running.database?.stop();
    grace.uninstall();
    throw error;
  }
}
