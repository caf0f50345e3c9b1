import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, test } from 'vitest';
import { conformingClient } from '../harness/conformance.ts';

const main = path.resolve(import.meta.dirname, '../../src/main.ts');
const cleanups: (() => Promise<void> | void)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

function makeDir(): string {
  const dir = mkdtempSync(path.join(os.tmpdir(), 'baton-process-'));
  chmodSync(dir, 0o755);
  cleanups.push(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}

interface Run {
  child: ChildProcess;
  output: () => string;
  ended: Promise<number | null>;
}

function run(env: Record<string, string>, verb = 'serve'): Run {
  const { PATH = '', HOME = '' } = process.env;
  const child = spawn(process.execPath, [main, verb], { env: { PATH, HOME, BATON_BCRYPT_COST: '4', ...env } });
  let output = '';
  child.stdout.on('data', (chunk) => (output += String(chunk)));
  child.stderr.on('data', (chunk) => (output += String(chunk)));
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
  cleanups.push(async () => {
    child.kill('SIGKILL');
    await ended;
  });
  return { child, output: () => output, ended };
}

interface Serving extends Run {
  url: string;
  dir: string;
}

async function serve(dir = makeDir(), env: Record<string, string> = {}): Promise<Serving> {
  const port = await freePort();
  const started = run({ BATON_DATA_DIR: dir, PORT: String(port), ...env });
  const deadline = Date.now() + 20_000;
  while (!started.output().includes('Ctrl-C stops it')) {
    if (Date.now() > deadline || started.child.exitCode !== null) throw new Error(started.output());
    await sleep(30);
  }
  return { ...started, dir, url: `http://127.0.0.1:${port}` };
}

/** The postmaster's pid of a data directory; undefined when none is there. */
function postmaster(dir: string): number | undefined {
  try {
    const pid = Number(readFileSync(path.join(dir, 'postgres', 'postmaster.pid'), 'utf8').split('\n')[0]);
    process.kill(pid, 0);
    return pid;
  } catch {
    return undefined;
  }
}

async function register(url: string) {
  const email = `${Math.random().toString(36).slice(2)}@example.com`;
  const client = conformingClient(url);
  const answer = await client.register({ body: { email, password: 'a long enough one', name: 'N' } });
  client.access_token = answer.access_token;
  return client;
}

describe('starting', () => {
  test.runIf(process.getuid?.() === 0)('as root works in a directory that lets nobody else in', async () => {
    const dir = makeDir();
    chmodSync(dir, 0o700);
    const { child, ended, url } = await serve(dir);
    await register(url);
    child.kill('SIGTERM');
    expect(await ended).toBe(0);
    expect(postmaster(dir)).toBeUndefined();
    chmodSync(dir, 0o755); // and again once it lets others in: the files change hands
    await register((await serve(dir)).url);
  });

  test('says where everything is, and its curl works as printed', async () => {
    const { output, dir } = await serve();
    expect(output()).toContain(path.join(dir, 'postgres'));
    expect(output()).not.toMatch(/postgres:\/\//); // no URL, no password
    const curl = /^ {2}(curl .*)$/m.exec(output())?.[1] ?? '';
    const answer = spawn('bash', ['-c', curl]);
    let text = '';
    answer.stdout.on('data', (chunk) => (text += String(chunk)));
    await new Promise((resolve) => answer.once('close', resolve));
    expect(JSON.parse(text)).toMatchObject({ user: { email: 'ada@example.com' }, token_type: 'Bearer' });
  });

  test('twice on one directory is refused, and the first goes on', async () => {
    const first = await serve();
    const second = run({ BATON_DATA_DIR: first.dir, PORT: String(await freePort()) });
    expect(await second.ended).toBe(1);
    expect(second.output()).toContain('already runs');
    expect(second.output()).toContain('BATON_DATA_DIR');
    await register(first.url);
  });

  test('on a taken port names the setting, and leaves no database behind', async () => {
    const taken = await freePort();
    const holder = createServer().listen(taken, '127.0.0.1');
    cleanups.push(() => void holder.close());
    const dir = makeDir();
    const refused = run({ BATON_DATA_DIR: dir, PORT: String(taken) });
    expect(await refused.ended).toBe(1);
    expect(refused.output()).toContain(`Port ${taken} is taken. Set PORT`);
    expect(postmaster(dir)).toBeUndefined();
  });

  test.each([
    [{ NODE_ENV: 'production' }, 'set DATABASE_URL'],
    [
      { NODE_ENV: 'production', DATABASE_URL: 'postgres://x', BATON_BCRYPT_COST: '12' },
      'BATON_SECRET and BATON_JWT_KEYS',
    ],
    [{ BATON_SECRET: 'short' }, 'BATON_SECRET is too weak'],
    [{ BATON_SECRET: 'change-me-change-me-change-me-change-me' }, 'BATON_SECRET is too weak'],
    [{ BATON_JWT_KEYS: 'nokid' }, 'BATON_JWT_KEYS must read kid:secret'],
    [{ PORT: 'http' }, 'PORT'],
    [{ DATABASE_URL: 'mysql://x' }, 'DATABASE_URL'],
  ])('with %j is refused in plain words', async (env, says) => {
    const refused = run({ BATON_DATA_DIR: makeDir(), ...(env as Record<string, string>) });
    expect(await refused.ended).toBe(1);
    expect(refused.output()).toContain(says);
    expect(refused.output()).not.toMatch(/^\s+at /m);
  });

  test('with an unknown verb says what there is', async () => {
    const refused = run({}, 'fly');
    expect(await refused.ended).toBe(2);
    expect(refused.output()).toContain('Usage: baton');
  });
});

describe('stopping', () => {
  test.each(['SIGTERM', 'SIGINT'] as const)('by %s ends with 0 and leaves nothing running', async (signal) => {
    const { child, ended, dir, url } = await serve();
    await register(url);
    expect(postmaster(dir)).toBeDefined();
    child.kill(signal);
    expect(await ended).toBe(0);
    expect(postmaster(dir)).toBeUndefined();
  });

  test.each([100, 250, 400, 550, 700, 900])('%i ms into the start leaves nothing running either', async (after_ms) => {
    const dir = makeDir();
    const { child, ended } = run({ BATON_DATA_DIR: dir, PORT: String(await freePort()) });
    await sleep(after_ms);
    child.kill('SIGTERM');
    await ended;
    expect(postmaster(dir)).toBeUndefined();
  });

  test('answers what is under way', async () => {
    const { child, ended, url } = await serve(undefined, { BATON_BCRYPT_COST: '11' });
    const registering = Promise.all([register(url), register(url), register(url)]);
    await sleep(60);
    child.kill('SIGTERM');
    expect((await registering).length).toBe(3);
    expect(await ended).toBe(0);
  });
});

describe('killed with -9', () => {
  test('leaves what was acknowledged to the next start: one database, adopted, no orphan', async () => {
    const dir = makeDir();
    const first = await serve(dir);
    const client = await register(first.url);
    const { id } = await client.create_workspace({ body: { name: 'Kept' } });
    first.child.kill('SIGKILL');
    await first.ended;
    const orphan = postmaster(dir);
    expect(orphan).toBeDefined();
    const second = await serve(dir);
    expect(postmaster(dir)).toBe(orphan);
    const again = conformingClient(second.url, client.access_token);
    expect(await again.get_workspace({ workspace_id: id })).toMatchObject({ name: 'Kept' });
    second.child.kill('SIGTERM');
    expect(await second.ended).toBe(0);
    expect(postmaster(dir)).toBeUndefined();
  });

  test('with the database too, recovers', async () => {
    const dir = makeDir();
    const first = await serve(dir);
    const client = await register(first.url);
    const pid = postmaster(dir) ?? 0;
    first.child.kill('SIGKILL');
    process.kill(pid, 'SIGKILL');
    await first.ended;
    const second = await serve(dir);
    expect(await conformingClient(second.url, client.access_token).get_me()).toMatchObject({ name: 'N' });
  });

  test('a foreign process under the old number is left alone', async () => {
    const dir = makeDir();
    const first = await serve(dir);
    first.child.kill('SIGTERM');
    await first.ended;
    const bystander = spawn('sleep', ['60']);
    cleanups.push(() => void bystander.kill());
    writeFileSync(
      path.join(dir, 'postgres', 'postmaster.pid'),
      [bystander.pid, path.join(dir, 'postgres'), 1_700_000_000, 5999, '', '127.0.0.1', '0 0', 'ready'].join('\n'),
    );
    const second = await serve(dir);
    await register(second.url);
    second.child.kill('SIGTERM');
    await second.ended;
    expect(bystander.exitCode).toBeNull();
    expect(bystander.signalCode).toBeNull();
  });
});

describe('several processes', () => {
  test('serve one port, count together, and stop together', async () => {
    const { url, child, ended, dir, output } = await serve(undefined, {
      WEB_CONCURRENCY: '2',
      BATON_AUTH_LIMIT_PER_ACCOUNT: '3',
    });
    expect(output()).toContain('2 processes');
    const client = await register(url);
    await Promise.all(Array.from({ length: 20 }, () => client.get_me()));
    const statuses: number[] = [];
    for (let n = 0; n < 5; n++) {
      const guess = { email: 'guess@example.com', password: 'anything' };
      statuses.push((await conformingClient(url).raw.login({ body: guess })).status);
    }
    expect(statuses).toEqual([401, 401, 401, 429, 429]);
    const metrics = await (await fetch(`${url}/metrics`)).text();
    expect(metrics).toMatch(/operation="get_me",method="GET",status="200"\} 20/);
    child.kill('SIGTERM');
    expect(await ended).toBe(0);
    expect(postmaster(dir)).toBeUndefined();
  });
});
