import { readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type OwnCluster, startOwnCluster } from '../../harness/own-cluster.ts';
import { noPgBouncer, type PgBouncer, startPgBouncer } from '../../harness/pgbouncer.ts';
import { startServing, type Served } from '../../harness/served.ts';
import { runnable, type Text } from '../../harness/walk.ts';
import { brokenInvariants } from '../../harness/invariants.ts';
import { type Check, type Finding, type Run, scaled } from '../check.ts';
import { servingOn } from '../stage.ts';
import { settle, type Write } from './ledger.ts';
import { Writers, writersFor } from './writers.ts';

const modes = ['session', 'transaction'] as const;
const operating = readFileSync(path.resolve(import.meta.dirname, '../../../docs/operating.md'), 'utf8');
/** The pgbouncer.ini in docs/operating.md. */
const documented =
  runnable(operating).find((one): one is Text => 'to' in one && one.to === 'pgbouncer.ini')?.text ?? '';
const login = 'baton_web';
const password = '5f0c0ffee';

const readiness = async (url: string) => (await fetch(`${url}/readyz`)).status;

async function becomesReady(url: string): Promise<boolean> {
  for (const until = Date.now() + 20_000; Date.now() < until; await sleep(100)) {
    if ((await readiness(url)) === 200) return true;
  }
  return false;
}

/** PostgreSQL with the app's login, and servers that reach it through PgBouncer. */
class Installation {
  readonly violations: string[] = [];
  readonly writes: Write[] = [];
  readonly #cluster: OwnCluster;
  readonly #run: Run;

  constructor(cluster: OwnCluster, run: Run) {
    this.#cluster = cluster;
    this.#run = run;
  }

  get #login_url(): string {
    const url = new URL(this.#cluster.url);
    [url.username, url.password] = [login, password];
    return url.href;
  }

  #pooler(mode: (typeof modes)[number], ignore_options: boolean): Promise<PgBouncer> {
    const ini = documented
      .replace('pool_mode = transaction', `pool_mode = ${mode}\ndefault_pool_size = ${mode === 'session' ? 40 : 4}`)
      .replace(/^ignore_startup_parameters.*$/m, (line) => (ignore_options ? line : ''));
    return startPgBouncer({ cluster_url: this.#cluster.url, ini, passwords: { [login]: password } });
  }

  #serve(pooler: PgBouncer): Promise<Served> {
    const url = pooler.through(this.#login_url);
    // The worker has its own login and bypasses the pooler.
    const env = { BATON_POOL_SIZE: '16', WORKER_DATABASE_URL: this.#cluster.url };
    return startServing(servingOn({ ...this.#cluster, url }, this.#run.mutant, env));
  }

  /** With a pooler that refuses the settings, the server must not be ready, and must log why. */
  async refuseSettings(): Promise<void> {
    const pooler = await this.#pooler('transaction', false);
    const served = await this.#serve(pooler);
    if ((await readiness(served.url)) !== 503) this.violations.push('a pooler that refuses settings counts as ready');
    if (!served.output().includes('ignore_startup_parameters = options')) {
      this.violations.push('the log does not say that the pooler refuses settings');
    }
    await served.stop();
    await pooler.stop();
  }

  /**
   * With a pooler that drops the settings, the server must not be ready until the statements that it prints have been run. Then
   * it must serve.
   */
  async serveThrough(mode: (typeof modes)[number], size: number): Promise<void> {
    const { owner } = this.#cluster;
    await owner.query(`alter role ${login} in database baton reset all`);
    const pooler = await this.#pooler(mode, true);
    const served = await this.#serve(pooler);
    if ((await readiness(served.url)) !== 503) this.violations.push(`${mode}: ready without its settings`);
    const statements = served.output().match(/alter role [^;]+;/g) ?? [];
    if (statements.length === 0) this.violations.push(`${mode}: the log does not say which settings are missing`);
    for (const statement of new Set(statements)) await owner.query(statement);
    await pooler.reconnect();
    if (await becomesReady(served.url)) {
      await this.#write(served, mode, size).catch((error: Error) => this.violations.push(`${mode}: ${error.message}`));
    } else this.violations.push(`${mode}: not ready with its settings: ${served.output().slice(0, 500)}`);
    await served.stop();
    await pooler.stop();
  }

  async #write(served: Served, mode: string, size: number): Promise<void> {
    const writers = await Writers.start([served.url], this.#run.random, {
      count: writersFor(32, this.#run),
      prefix: mode,
    });
    for (let n = 0; n < scaled(20, size); n++) await writers.progress(100);
    await writers.stop();
    this.writes.push(...writers.writes);
    this.violations.push(...writers.violations.map((violation) => `${mode}: ${violation}`));
    const unknown = writers.writes.filter(({ told }) => told === 'unknown').length;
    if (unknown > 0) this.violations.push(`${mode}: ${unknown} writes got no response`);
  }
}

async function pool(run: Run, size: number): Promise<Finding> {
  const cluster = await startOwnCluster();
  try {
    await cluster.owner.query(`create role ${login} login password '${password}' in role baton_app`);
    const installation = new Installation(cluster, run);
    await installation.refuseSettings();
    for (const [n, mode] of modes.entries()) {
      await installation.serveThrough(mode, size);
      run.progress((n + 1) / modes.length);
    }
    const { writes, violations } = installation;
    const settled = await settle(cluster.owner, writes);
    const broken = Object.keys(await brokenInvariants(cluster.owner)).map((name) => `invariant ${name}`);
    return {
      load: { modes: modes.length, writers: writersFor(32, run), writes: writes.length },
      figures: { acknowledged: writes.filter(({ told }) => told === 'acknowledged').length },
      violations: [...violations, ...settled.violations, ...broken],
    };
  } finally {
    await cluster.drop();
  }
}

export const poolers: Check = {
  id: 'poolers',
  promises: ['P7', 'P20'],
  says: 'Through PgBouncer, in session or transaction mode, all requests are served as they are without it. A pooler that loses settings is refused with a message that says how to set them.',
  impossible: noPgBouncer,
  run: pool,
  slice: 0, // it needs three servers and its own cluster, and this code seldom changes
  control_size: 0.1,
  controls: {
    'names statements behind a pooler': {
      source: [
        { file: 'db/connection-check.ts', find: 'if (isPooled(client, seen)) leave', replace: 'if (false) leave' },
      ],
    },
    'takes connections as they come': {
      source: [
        {
          file: 'db/pool.ts',
          find: 'return checkConnection(client, settings, options.user);',
          replace: 'return Promise.resolve();',
        },
      ],
    },
  },
};
