import { spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const main = path.resolve(import.meta.dirname, '../../server/src/main.ts');
const unlimited = '10000000';

export interface OwnServer {
  base_url: string;
  /** The database URL of its owner, available once the server is ready. */
  databaseUrl: () => string;
  /** Resolves once it serves requests. */
  ready: Promise<void>;
  stop: () => Promise<void>;
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}

/** Starts a server as `npm start` does, in its own directory, with cheap hashes and limits too high to reach. */
export async function startOwnServer(options: { keep: boolean }): Promise<OwnServer> {
  const dir = mkdtempSync(path.join(os.tmpdir(), 'baton-replay-'));
  chmodSync(dir, 0o755);
  const port = await freePort();
  const child = spawn(process.execPath, [main, 'serve'], {
    env: {
      ...process.env,
      BATON_ENV_FILE: '', // it must not read a .env file
      NODE_ENV: 'development',
      PORT: String(port),
      HOST: '127.0.0.1',
      BATON_DATA_DIR: dir,
      BATON_BCRYPT_COST: '4',
      BATON_ACCESS_TOKEN_TTL_S: '86400',
      BATON_RATE_LIMIT_PER_MINUTE: unlimited,
      BATON_AUTH_LIMIT_PER_ADDRESS: unlimited,
      BATON_AUTH_LIMIT_PER_ACCOUNT: unlimited,
      LOG_LEVEL: 'error',
    },
    stdio: ['ignore', 'ignore', 'inherit'],
    detached: true, // Ctrl-C must reach only this process, which then stops the server
  });
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const base_url = `http://127.0.0.1:${port}`;
  const waitUntilReady = async () => {
    for (let tries = 0; tries < 600; tries++) {
      if (child.exitCode !== null || child.signalCode !== null) break;
      const ready = await fetch(`${base_url}/readyz`).catch(() => undefined);
      if (ready?.ok === true) return;
      await sleep(100);
    }
    throw new Error('The server did not start.');
  };
  const embedded = () => {
    const password = readFileSync(path.join(dir, 'postgres-password'), 'utf8').trim();
    const database_port = readFileSync(path.join(dir, 'postgres-port'), 'utf8').trim();
    return `postgres://postgres:${password}@127.0.0.1:${database_port}/baton`;
  };
  return {
    base_url,
    databaseUrl: () => process.env['DATABASE_URL'] ?? embedded(),
    ready: waitUntilReady(),
    stop: async () => {
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM');
      await gone;
      if (!options.keep) rmSync(dir, { recursive: true, force: true });
      else console.log(`Kept ${dir}`);
    },
  };
}
