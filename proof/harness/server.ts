import { randomBytes } from 'node:crypto';
import type { Resolver } from 'node:dns/promises';
import { mkdtempSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import type pg from 'pg';
import { pino } from 'pino';
import { createApp } from '../../server/src/app.ts';
import { type Config, readConfig } from '../../server/src/config.ts';
import { createPool } from '../../server/src/db/pool.ts';
import type { Lifecycle } from '../../server/src/http/probes.ts';
import { createHttpServer } from '../../server/src/http/server.ts';
import { brokenInvariants } from './invariants.ts';
import { createDatabase, type TestDatabase } from './database.ts';
import { note } from './seen.ts';
import { forgetsFormerMembers, unscopedTables } from './statements.ts';
import { tablesOf } from './tables.ts';

/** A server for one test on a free port, with its own database. */
export interface TestServer {
  url: string;
  config: Config;
  database: TestDatabase;
  /** The app's pool, whose role owns nothing. */
  pool: pg.Pool;
  stop: () => Promise<void>;
}

let attachments_dir: string | undefined;

/**
 * Where the servers of this process keep attachments. Created with the first server, because a command may set its own TMPDIR
 * first.
 */
function attachmentsDir(): string {
  if (attachments_dir !== undefined) return attachments_dir;
  const dir = mkdtempSync(path.join(os.tmpdir(), 'baton-attachments-'));
  process.once('exit', () => rmSync(dir, { recursive: true, force: true }));
  return (attachments_dir = dir);
}

/** The token that opens /metrics of every server of the tests. */
export const metrics_token = randomBytes(24).toString('hex');

/** Limits so high that a test never reaches them. */
const no_limits = {
  BATON_RATE_LIMIT_PER_MINUTE: '1000000',
  BATON_AUTH_LIMIT_PER_ADDRESS: '1000000',
  BATON_AUTH_LIMIT_PER_ACCOUNT: '1000000',
  BATON_AUTH_LIMIT_SUCCESSES: '1000000',
  BATON_REFUSAL_DELAY_MS: '0',
  BATON_WRITE_MIB_PER_HOUR: '1000000',
  BATON_READ_MIB_PER_MINUTE: '1000000',
};

/** Resets the limits to the defaults that apply when an operator sets none. */
export const default_limits = Object.fromEntries(Object.keys(no_limits).map((name) => [name, '']));

/** Settings that only a test would use: cheap hashes and no limits. */
export const test_environment = {
  BATON_ENV_FILE: '', // anyone who runs the tests may have a .env
  NODE_ENV: 'test',
  LOG_LEVEL: 'error',
  BATON_BCRYPT_COST: '4',
  ...no_limits,
  get BATON_ATTACHMENTS_DIR() {
    return attachmentsDir();
  },
  BATON_METRICS_TOKEN: metrics_token,
  BATON_SECRET: randomBytes(48).toString('base64'),
  BATON_AUDIT_KEY: randomBytes(48).toString('base64'),
  BATON_AUDIT_INTERVAL_S: '0',
  BATON_JWT_KEYS: ['newer', 'older'].map((kid) => `${kid}:${randomBytes(48).toString('base64')}`).join(','),
};

/** Rewrites statements on their way to the database: a deliberately broken build, for controls. */
export type Patch = (text: string) => string;

/**
 * Inspects every statement that the server sends. It refuses one without an equality on workspace_id, or one that overlooks
 * former members.
 */
function watch(pool: pg.Pool, patch: Patch, of_workspaces: readonly string[]): void {
  pool.on('connect', (client) => {
    const query = client.query.bind(client) as (...args: unknown[]) => unknown;
    const watched = (config: string | pg.QueryConfig, ...rest: unknown[]) => {
      const text = typeof config === 'string' ? config : config.text;
      const unscoped = unscopedTables(text, of_workspaces);
      if (unscoped.length > 0) throw new Error(`No workspace_id for ${unscoped.join(', ')}: ${text}`);
      if (forgetsFormerMembers(text)) throw new Error(`Former members count as members: ${text}`);
      note('statements', text);
      return query(typeof config === 'string' ? patch(config) : { ...config, text: patch(text) }, ...rest);
    };
    client.query = watched as typeof client.query;
  });
}

interface StartOptions {
  /** The state that the server reports as its readiness. */
  lifecycle?: Lifecycle;
  patch?: Patch;
  /** The database of another server, for a second process over the same data. */
  database?: TestDatabase;
  /** Receives the log line by line. */
  log_to?: (line: string) => void;
  /** Receives the hints that the server would give its worker, which a test's server doesn't have. */
  hint?: (task: string) => void;
  /** The folder of the built console, if a test has its own. */
  console_dir?: string;
  /** Resolves names; by default the system's name servers do. */
  resolver?: Resolver;
}

export async function startServer(
  environment: Record<string, string> = {},
  options: StartOptions = {},
): Promise<TestServer> {
  const database = options.database ?? (await createDatabase());
  const config = readConfig({ ...test_environment, DATABASE_URL: database.url, ...environment });
  const log = pino({ level: config.log_level }, { write: options.log_to ?? ((line) => process.stderr.write(line)) });
  const pool_options = {
    url: database.url,
    max: config.pool_size,
    role: config.app_role,
    statement_timeout_ms: config.statement_timeout_ms,
    lock_timeout_ms: config.lock_timeout_ms,
    on_error: () => undefined,
  };
  const pool = createPool(pool_options);
  const probe_pool = createPool({ ...pool_options, max: 1 });
  watch(pool, options.patch ?? ((text) => text), await tablesOf(database.owner, 'workspace'));
  const lifecycle = options.lifecycle ?? { stopping: false };
  const { resolver, hint = () => undefined, console_dir } = options;
  const { handler } = createApp({ config, pool, probe_pool, log, lifecycle, hint, resolver, console_dir });
  const { server } = createHttpServer(handler, config);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    config,
    database,
    pool,
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await Promise.all([pool.end(), probe_pool.end()]);
      // The invariants must hold after any test. A broken build may violate them; its test checks that itself.
      const broken = options.patch === undefined ? await brokenInvariants(database.owner) : {};
      if (Object.keys(broken).length > 0) throw new Error(`Invariants are broken: ${JSON.stringify(broken)}`);
      if (options.database === undefined) await database.drop();
    },
  };
}
