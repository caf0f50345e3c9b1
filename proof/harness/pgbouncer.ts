import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { chooseRunner } from '../../server/src/db/embedded/account.ts';
import { freePort } from './served.ts';

/** Says why PgBouncer can't run here; undefined if it can. */
export function noPgBouncer(): string | undefined {
  const { error } = spawnSync('pgbouncer', ['--version']);
  return error === undefined ? undefined : 'pgbouncer is not installed; on Debian: apt-get install pgbouncer';
}

export interface PgBouncer {
  /** Returns the same URL, through PgBouncer. */
  through: (url: string) => string;
  /** Reopens the connections to the database, so that they use the logins' current settings. */
  reconnect: () => Promise<void>;
  stop: () => Promise<void>;
}

/** Starts PgBouncer on its own port with these settings; the cluster replaces their host `db`. */
export async function startPgBouncer(options: {
  cluster_url: string;
  ini: string;
  passwords: Record<string, string>;
}): Promise<PgBouncer> {
  const { cluster_url, ini, passwords } = options;
  const dir = mkdtempSync(path.join(os.tmpdir(), 'baton-pgbouncer-'));
  chmodSync(dir, 0o755);
  const { hostname, port: behind } = new URL(cluster_url);
  const port = await freePort();
  const users = path.join(dir, 'users.txt');
  const settings = path.join(dir, 'pgbouncer.ini');
  const logins = Object.entries({ ...passwords, admin: 'admin' });
  writeFileSync(users, logins.map((pair) => `"${pair.join('" "')}"\n`).join(''));
  const here = ini
    .replace('host=db', `host=${hostname} port=${behind}`)
    .replace('listen_port = 6432', `listen_port = ${port}`)
    .replace(/^auth_file = .*$/m, `auth_file = ${users}`);
  writeFileSync(settings, `${here}\nadmin_users = admin\nunix_socket_dir =\nmax_client_conn = 200\n`);
  const { prefix, identity } = chooseRunner([dir]);
  const [program, ...args] = [...prefix, 'pgbouncer', '--quiet', settings];
  const child: ChildProcess = spawn(program, args, { stdio: ['ignore', 'ignore', 'pipe'], ...identity });
  let output = '';
  child.stderr?.on('data', (chunk) => (output += String(chunk)));
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const kill = () => child.kill();
  process.once('exit', kill);
  const admin = async (command: string) => {
    const client = new pg.Client({ connectionString: `postgres://admin:admin@127.0.0.1:${port}/pgbouncer` });
    client.on('error', () => undefined);
    await client.connect();
    await client.query(command);
    await client.end();
  };
  for (const until = Date.now() + 20_000; ; await sleep(50)) {
    const error = await admin('SHOW VERSION').catch((reason: Error) => reason);
    if (error === undefined) break;
    if (child.exitCode !== null || Date.now() > until) throw new Error(`PgBouncer: ${error.message}\n${output}`);
  }
  return {
    through: (url) => {
      const changed = new URL(url);
      changed.host = `127.0.0.1:${port}`;
      return changed.href;
    },
    reconnect: () => admin('RECONNECT'),
    stop: async () => {
      process.off('exit', kill);
      child.kill('SIGTERM');
      await ended;
      rmSync(dir, { recursive: true, force: true });
    },
  };
}
