import cluster from 'node:cluster';
import { flushCompileCache } from 'node:module';
import type { Config } from '../config.ts';
import { built_console, isBuilt } from '../http/console-build.ts';
import { type Database, openDatabase } from './database.ts';
import type { Listening } from './listen.ts';
import { migrateAs } from './migrate.ts';
import { stopOnSignal } from './stopping.ts';
import { runProcess, startProcesses } from './processes.ts';
import { welcome } from './welcome.ts';

const say = (text: string) => process.stdout.write(`${text}\n`);

/** Serves from this process. A primary never does, and so never loads the application. */
async function listenHere(config: Config, database_url: string): Promise<Listening> {
  const { startListening } = await import('./listen.ts');
  flushCompileCache(); // at the end would be too late for a process that is killed
  return startListening(config, database_url);
}

interface Up {
  database: Database;
  listening: Listening;
}

interface Telling {
  on_exit: (reason: string) => void;
  signal: AbortSignal;
}

async function bringUp(config: Config, { on_exit, signal }: Telling): Promise<Up> {
  const database = await openDatabase(config, { on_exit, signal });
  try {
    signal.throwIfAborted();
    const log = (message: string) => process.stderr.write(`${message}\n`);
    if (config.migrate) await migrateAs(database.owner, { wait_s: config.database_wait_s, log, signal });
    signal.throwIfAborted();
    // Only Baton uses the embedded database: all connections are opened at the start, so that nobody can crowd them
    // out.
    const pool_min = database.embedded ? config.pool_size : config.pool_min;
    const { url } = database.app;
    const listening =
      config.processes === 1
        ? await listenHere({ ...config, pool_min }, url)
        : await startProcesses(config.processes, { DATABASE_URL: url, BATON_POOL_MIN: String(pool_min) });
    return { database, listening };
  } catch (error) {
    await database.stop();
    throw error;
  }
}

/** Starts everything: the database, its schema, and one or several processes. Stops all of it at a signal. */
export async function serve(config: Config): Promise<void> {
  if (cluster.isWorker) {
    await runProcess(() => listenHere(config, config.database_url ?? ''));
    return;
  }
  const abort = new AbortController();
  const { signal } = abort;
  const starting = bringUp(config, { on_exit: (reason) => stopping.fail(reason), signal });
  let up: Up | undefined;
  const stopping = stopOnSignal({
    timeout_ms: config.drain_ms + config.shutdown_timeout_ms + 35_000,
    stop: async () => {
      abort.abort();
      if (up !== undefined) say('Stopping: finishing requests in progress …');
      // What had started before the abort is stopped here; what had not started has cleaned up by itself.
      const { listening, database } = (await starting.catch(() => undefined)) ?? {};
      await listening?.stop();
      await database?.stop();
      say('Stopped.');
    },
  });
  try {
    up = await starting;
    const { listening, database } = up;
    const told = { url: listening.url, database: database.description, processes: config.processes };
    if (!signal.aborted) say(welcome({ ...told, has_console: isBuilt(built_console) }));
  } catch (error) {
    if (signal.aborted) return;
    stopping.release();
    throw error;
  }
}
