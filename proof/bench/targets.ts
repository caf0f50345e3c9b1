import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import path from 'node:path';
import jwt from 'jsonwebtoken';
import type { Person } from '../harness/people.ts';
import { freePort, startServing } from '../harness/served.ts';
import { takeDownOnSignal } from '../harness/take-down.ts';
import type { Peer } from './postgraphile.ts';
import type { Scenario } from './scenarios.ts';

/** A server under load. */
export interface Target {
  name: 'floor' | 'baton' | 'baseline' | 'postgraphile';
  url: string;
  pid: number;
  token: string;
  /** Its own form of the loads, if it doesn't accept Baton's requests. */
  scenarios?: readonly Scenario[];
  stop: () => Promise<void>;
}

export interface TargetOptions {
  database_url: string;
  pool_size: number;
  person: Person;
  /** Whether Baton's worker runs in its process, which is the default. */
  worker?: boolean;
  /** PostGraphile's tracker, to be loaded as well. */
  peer?: Peer;
}

/**
 * The settings of every Baton in a run: tokens work at all of them and outlast the run, and the bcrypt cost is the lowest that is
 * allowed in production.
 */
export const baton_environment = { LOG_LEVEL: 'warn', BATON_BCRYPT_COST: '10', BATON_ACCESS_TOKEN_TTL_S: '86400' };

const secret = randomBytes(48).toString('base64');

function claimsOf(access_token: string): { sub: string; sid: string } {
  return jwt.decode(access_token) as unknown as { sub: string; sid: string };
}

interface Script {
  name: Exclude<Target['name'], 'baton'>;
  file: string;
  token: string;
  env?: Record<string, string>;
}

async function startScript(
  { name, file, token, env = {} }: Script,
  { database_url, pool_size }: Pick<TargetOptions, 'database_url' | 'pool_size'>,
): Promise<Target> {
  const port = await freePort();
  const child: ChildProcess = spawn(process.execPath, [file], {
    env: {
      PATH: process.env['PATH'],
      NODE_ENV: 'production',
      DATABASE_URL: database_url,
      BATON_POOL_SIZE: String(pool_size),
      PORT: String(port),
      JWT_SECRET: secret,
      ...env,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const stop = async () => {
    forget();
    child.kill('SIGTERM');
    await ended;
  };
  const forget = takeDownOnSignal(stop);
  process.once('exit', () => child.kill()); // if the run breaks down
  await new Promise<void>((resolve, reject) => {
    child.stdout?.once('data', () => resolve());
    child.once('exit', (code) => reject(new Error(`The ${name} ended with ${code}.`)));
  });
  return { name, url: `http://127.0.0.1:${port}`, pid: child.pid ?? 0, token, stop };
}

async function startBaton({ database_url, pool_size, person, worker = true }: TargetOptions): Promise<Target> {
  const own = { BATON_POOL_SIZE: String(pool_size), BATON_WORKER: worker ? 'on' : 'off' };
  const env = { ...baton_environment, ...own };
  const served = await startServing({ database_url, env });
  return {
    name: 'baton',
    url: served.url,
    pid: served.child.pid ?? 0,
    token: person.access_token,
    stop: async () => void (await served.stop()),
  };
}

const signed = (sub: string) => jwt.sign({ sub }, secret, { expiresIn: '1d' });

async function startPeer({ url, user_id, visitor, script, scenarios }: Peer, pool_size: number): Promise<Target> {
  const started = { name: 'postgraphile' as const, file: script, token: signed(user_id), env: { VISITOR: visitor } };
  return { ...(await startScript(started, { database_url: url, pool_size })), scenarios };
}

/** Starts the three servers that use one database, and the peer with its own database in the same cluster. */
export function startTargets(options: TargetOptions): Promise<Target[]> {
  const { sub, sid } = claimsOf(options.person.access_token);
  const at = (name: string) => path.join(import.meta.dirname, `${name}/main.ts`);
  return Promise.all([
    startScript({ name: 'floor', file: at('floor'), token: `${sub}.${sid}` }, options),
    startBaton(options),
    startScript({ name: 'baseline', file: at('baseline'), token: signed(sub) }, options),
    ...(options.peer === undefined ? [] : [startPeer(options.peer, options.pool_size)]),
  ]);
}
