import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, onTestFinished, test } from 'vitest';
import { conformingClient } from '../harness/conformance.ts';
import { createDatabase } from '../harness/database.ts';
import { postmasterOf } from '../harness/installation.ts';
import { childrenOf, noProcesses, signalAll } from '../harness/processes.ts';
import { startServing } from '../harness/served.ts';
import { emptyDir, madeDir, register, serve, start } from './running.ts';

describe('stopping', () => {
  // SIGTERM does the same in most tests of processes.
  test('by SIGINT ends with 0 and leaves nothing running', async () => {
    const { child, ended, dir, url } = await serve();
    await register(url);
    expect(postmasterOf(dir)).toBeDefined();
    child.kill('SIGINT');
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

  test('answers what is under way', async () => {
    const { child, ended, url } = await serve(undefined, { BATON_BCRYPT_COST: '12' }); // a quarter of a second each, at least
    const registering = Promise.all([register(url), register(url), register(url)]);
    await sleep(200);
    child.kill('SIGTERM');
    expect((await registering).length).toBe(3);
    expect(await ended).toBe(0);
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

  test('of the database under it ends it with 1, saying so', async () => {
    const { ended, dir, output } = await serve();
    process.kill(postmasterOf(dir) ?? 0, 'SIGINT');
    expect(await ended).toBe(1);
    expect(output()).toContain('PostgreSQL ended with 0; see ');
  });
});

describe('killed with -9', () => {
  test('leaves what was acknowledged to the next start: one database, adopted, no orphan', async () => {
    const dir = await madeDir();
    const first = await serve(dir);
    const client = await register(first.url);
    const { id } = await client.create_workspace({ body: { name: 'Kept' } });
    first.child.kill('SIGKILL');
    await first.ended;
    const orphan = postmasterOf(dir);
    expect(orphan).toBeDefined();
    const second = await serve(dir);
    expect(postmasterOf(dir)).toBe(orphan);
    const again = conformingClient(second.url, client.access_token);
    expect(await again.get_workspace({ workspace_id: id })).toMatchObject({ name: 'Kept' });
    second.child.kill('SIGTERM');
    expect(await second.ended).toBe(0);
    expect(postmasterOf(dir)).toBeUndefined();
  });

  test('with the database too, recovers', async () => {
    const dir = await madeDir();
    const first = await serve(dir);
    const client = await register(first.url);
    const pid = postmasterOf(dir) ?? 0;
    first.child.kill('SIGKILL');
    process.kill(pid, 'SIGKILL');
    await first.ended;
    const second = await serve(dir);
    expect(await conformingClient(second.url, client.access_token).get_me()).toMatchObject({ name: 'N' });
  });

  test('a foreign process under the old number is left alone', async () => {
    const dir = await madeDir();
    const first = await serve(dir);
    first.child.kill('SIGTERM');
    await first.ended;
    const bystander = spawn('sleep', ['60']);
    onTestFinished(() => void bystander.kill());
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
