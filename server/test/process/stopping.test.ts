import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { type IncomingMessage, request } from 'node:http';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, onTestFinished, test } from 'vitest';
import { conformingClient } from '../../../proof/harness/conformance.ts';
import { createDatabase } from '../../../proof/harness/database.ts';
import { postmasterOf } from '../../../proof/harness/installation.ts';
import { childrenOf, noProcesses, signalAll } from '../../../proof/harness/processes.ts';
import { startServing } from '../../../proof/harness/served.ts';
import { emptyDir, madeDir, register, says, serve, start } from './running.ts';

/** Sends a request up to its body, which the server is waiting for by now; the function that it gives sends the rest. */
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
  // SIGTERM does the same in most tests of processes.
  test('by SIGINT finishes the requests in progress, ends with 0 and leaves nothing running', async () => {
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

  test.each([150, 700])('%i ms into the start leaves nothing running either', async (after_ms) => {
    const dir = emptyDir();
    const { child, ended } = await start(dir);
    await sleep(after_ms);
    child.kill('SIGTERM');
    await ended;
    expect(postmasterOf(dir)).toBeUndefined();
  });

  test.skipIf(noProcesses() !== undefined)('ends a process that is just being replaced, too', async () => {
    const database = await createDatabase();
    const { child, ended } = await startServing({ database_url: database.url, env: { WEB_CONCURRENCY: '2' } });
    const workers = () => childrenOf(child.pid ?? 0);
    const [victim] = workers();
    signalAll([victim ?? 0], 'SIGKILL');
    while (workers().length < 2 || workers().includes(victim ?? 0)) await sleep(5);
    await sleep(200); // its successor runs, and does not listen yet
    child.kill('SIGTERM');
    expect(await ended).toBe(0);
    await database.drop();
  });
});

test('killed with -9, it leaves all that was acknowledged; it ends with its database', {
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

  // Its database goes on, and is adopted: no second one, and no orphan.
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

  // A foreign process under the number of a database of before is left alone.
  const bystander = spawn('sleep', ['60']);
  onTestFinished(() => void bystander.kill());
  writeFileSync(
    path.join(dir, 'postgres', 'postmaster.pid'),
    [bystander.pid, path.join(dir, 'postgres'), 1_700_000_000, 5999, '', '127.0.0.1', '0 0', 'ready'].join('\n'),
  );
  const fourth = await serve(dir);
  await kept(fourth.url);

  // The end of the database under it ends it too, with 1.
  process.kill(postmasterOf(dir) ?? 0, 'SIGINT');
  expect(await fourth.ended).toBe(1);
  expect(fourth.output()).toContain('PostgreSQL ended with 0; see ');
  expect(bystander.exitCode).toBeNull();
  expect(bystander.signalCode).toBeNull();
});
