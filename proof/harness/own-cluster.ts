import { rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import pg from 'pg';
import { type EmbeddedDatabase, startEmbedded } from '../../server/src/db/embedded.ts';
import { readClaim } from '../../server/src/db/embedded/postmaster.ts';
import { type TestDatabase, withDatabase } from './database.ts';
import { madeDataDir } from './installation.ts';
import { isRunning, signalFamily } from './processes.ts';
import { freePort } from './served.ts';
import { takeDownOnSignal } from './take-down.ts';

/** A migrated PostgreSQL cluster for one test. It writes to disk as in production, and may be killed. */
export interface OwnCluster extends TestDatabase {
  data_dir: string;
  /** The pid of the postmaster. */
  pid: () => number;
  /** Kills it and all its children at once, without a final write. */
  kill: () => Promise<void>;
  /** Starts it again in its directory, on its port. */
  start: () => Promise<void>;
}

/** Starts a cluster in an empty directory. `drop` takes it down. */
export async function startOwnCluster(given?: string): Promise<OwnCluster> {
  const dir = await madeDataDir(given);
  writeFileSync(path.join(dir, 'postgres-port'), String(await freePort()));
  let embedded: EmbeddedDatabase = await startEmbedded({ dir });
  const { data_dir } = embedded;
  const forget = takeDownOnSignal(() => embedded.stop());
  const url = withDatabase(embedded.url, 'baton');
  const owner = new pg.Pool({ connectionString: url, max: 4, query_timeout: 60_000 });
  owner.on('error', () => undefined);
  owner.on('connect', (client) => client.on('error', () => undefined));
  const pid = () => readClaim(data_dir)?.pid ?? 0;
  return {
    url,
    owner,
    data_dir,
    pid,
    kill: async () => {
      // A child that has just started still listens on the port.
      const family = signalFamily(pid(), 'SIGKILL');
      while (family.some(isRunning)) await new Promise((resolve) => setTimeout(resolve, 2));
    },
    start: async () => {
      embedded = await startEmbedded({ dir });
      if (withDatabase(embedded.url, 'baton') !== url) throw new Error('The database came back on another port.');
    },
    drop: async () => {
      forget();
      await owner.end();
      await embedded.stop();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}
