import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, openSync, writeFileSync } from 'node:fs';
import { type IncomingMessage, request } from 'node:http';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, onTestFinished, test } from 'vitest';
import { conformingClient } from '../../../proof/harness/conformance.ts';
import { createDatabase } from '../../../proof/harness/database.ts';
import { postmasterOf } from '../../../proof/harness/installation.ts';
import { childrenOf, noProcesses, signalAll } from '../../../proof/harness/processes.ts';
import { freePort, startServing } from '../../../proof/harness/served.ts';
import { test_environment } from '../../../proof/harness/server.ts';
import { emptyDir, madeDir, register, says, serve, start } from './running.ts';

/** Sends a request without its body, until the server waits for that. Returns a function that sends the body. */
async function beginRegistering(url: string): Promise<() => Promise<number | undefined>> {
  const body = JSON.stringify({ email: 'late@example.com', password: 'a long enough one', name: 'Late' });
  const headers = { 'content-type': 'application/json', 'content-length': body.length, expect: '100-continue' };
  const sent = request(`${url}/v1/auth/register`, { method: 'POST', headers });
  sent.flushHeaders();
  await once(sent, 'continue');
  return async () => {
    sent.end(body);
    const [response] = (await once(sent, 'response')) as [IncomingMessage];
    response.resume();
    return response.statusCode;
  };
}

describe('stopping', () => {
  // Most other tests of processes use SIGTERM.
  test('by SIGINT finishes the requests in progress, exits with 0 and leaves nothing running', async () => {
    const served = await serve();
    const { child, ended, dir } = served;
    expect(postmasterOf(dir)).toBeDefined();
    const finish = await beginRegistering(served.url);
    child.kill('SIGINT');
    await says(served, 'Stopping: finishing requests in progress');
    expect(await finish()).toBe(201);
    expect(await ended).toBe(0);
    expect(postmasterOf(dir)).toBeUndefined();
  });

  test.skipIf(!existsSync('/dev/full'))('finishes them even if the disk with its output is full', async () => {
    const [database, port] = await Promise.all([createDatabase(), freePort()]);
    const full = openSync('/dev/full', 'w');
    const { PATH = '', HOME = '' } = process.env;
    const child = spawn(process.execPath, [path.join(import.meta.dirname, '../../src/main.ts'), 'serve'], {
      env: { PATH, HOME, ...test_environment, DATABASE_URL: database.url, BATON_MIGRATE: 'off', PORT: String(port) },
      stdio: ['ignore', full, full],
    });
    closeSync(full);
    onTestFinished(() => void child.kill('SIGKILL'));
    const ended = once(child, 'exit');
    const url = `http://127.0.0.1:${port}`;
    const isReady = () =>
      fetch(`${url}/readyz`)
        .then(({ ok }) => ok)
        .catch(() => false);
    while (child.exitCode === null && !(await isReady())) await sleep(50);
    const finish = await beginRegistering(url);
    child.kill('SIGTERM');
    await sleep(500);
    expect(await finish()).toBe(201);
    expect(await ended).toEqual([0, null]);
    await database.drop();
  });

  test.each([150, 700])('while it is still starting, after %i ms, leaves nothing running', async (after_ms) => {
    const dir = emptyDir();
    const { child, ended } = await start(dir);
    await sleep(after_ms);
    child.kill('SIGTERM');
    await ended;
    expect(postmasterOf(dir)).toBeUndefined();
  });

  test.skipIf(noProcesses() !== undefined)('also ends a process that has only just replaced another', async () => {
    const database = await createDatabase();
    const { child, ended } = await startServing({ database_url: database.url, env: { WEB_CONCURRENCY: '2' } });
    const workers = () => childrenOf(child.pid ?? 0);
    const [victim] = workers();
    signalAll([victim ?? 0], 'SIGKILL');
    while (workers().length < 2 || workers().includes(victim ?? 0)) await sleep(5);
    await sleep(200); // its successor runs, but does not listen yet
    child.kill('SIGTERM');
    expect(await ended).toBe(0);
    await database.drop();
  });
});

test('a server killed with -9 loses nothing that it acknowledged, and a server ends when its database does', {
  timeout: 120_000,
}, async () => {
  const dir = await madeDir();
  const first = await serve(dir);
  const client = await register(first.url);
  const { id } = await client.create_workspace({ body: { name: 'Kept' } });
  const kept = async (url: string) =>
    expect(await conformingClient(url, client.access_token).get_workspace({ workspace_id: id })).toMatchObject({
      name: 'Kept',
    });

  // Its database keeps running, and the next server adopts it: there is no second database and no orphan.
  first.child.kill('SIGKILL');
  await first.ended;
  const orphan = postmasterOf(dir) ?? 0;
  expect(orphan).toBeGreaterThan(0);
  const second = await serve(dir);
  expect(postmasterOf(dir)).toBe(orphan);
  await kept(second.url);

  // With the database killed too, the next start recovers.
  second.child.kill('SIGKILL');
  process.kill(orphan, 'SIGKILL');
  await second.ended;
  const third = await serve(dir);
  await kept(third.url);
  expect(await third.stop()).toBe(0);
  expect(postmasterOf(dir)).toBeUndefined();

  // A foreign process with the pid of an earlier database is left alone.
  const bystander = spawn('sleep', ['60']);
  onTestFinished(() => void bystander.kill());
  writeFileSync(
    path.join(dir, 'postgres', 'postmaster.pid'),
    [bystander.pid, path.join(dir, 'postgres'), 1_700_000_000, 5999, '', '127.0.0.1', '0 0', 'ready'].join('\n'),
  );
  const fourth = await serve(dir);
  await kept(fourth.url);

  // When its database ends, the server exits with 1.
  process.kill(postmasterOf(dir) ?? 0, 'SIGINT');
  expect(await fourth.ended).toBe(1);
  expect(fourth.output()).toContain('PostgreSQL ended with 0; see ');
  expect(bystander.exitCode).toBeNull();
  expect(bystander.signalCode).toBeNull();
});
