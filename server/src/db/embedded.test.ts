import { rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { expect, onTestFinished, test, vi } from 'vitest';
import { emptyDataDir, madeDataDir, postmasterOf } from '../../../proof/harness/installation.ts';
import { startOwnCluster } from '../../../proof/harness/own-cluster.ts';
import { startEmbedded } from './embedded.ts';

test('a start waits for the last process of a database that was killed', async () => {
  const cluster = await startOwnCluster();
  try {
    const { rows } = await cluster.owner.query<{ pid: number }>('select pg_backend_pid() as pid');
    const last = rows[0]?.pid ?? 0;
    process.kill(last, 'SIGSTOP'); // so that it does not notice that the postmaster is gone
    process.kill(cluster.pid(), 'SIGKILL');
    let up = false;
    const starting = cluster.start().then(() => (up = true));
    await sleep(700);
    expect(up).toBe(false);
    process.kill(last, 'SIGKILL');
    await starting;
    expect((await cluster.owner.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
  } finally {
    await cluster.drop();
  }
});

test('a command that started the database stops it only when another command that uses it is done', async () => {
  const dir = await madeDataDir(emptyDataDir());
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  const said: string[] = [];
  const options = { dir, fsync: false, beside: true, log: (message: string) => said.push(message) };
  const first = await startEmbedded(options);
  const second = await startEmbedded(options);
  const client = new pg.Client({ connectionString: second.url });
  await client.connect();
  const stopping = first.stop();
  await vi.waitFor(() => expect(said).toEqual(['Waiting for another command that uses the database …']));
  // A command that begins now starts the database again.
  const third = startEmbedded(options);
  expect((await client.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
  await client.end();
  await second.stop();
  await stopping;
  const { url, stop } = await third;
  const again = new pg.Client({ connectionString: url });
  await again.connect();
  expect((await again.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
  await again.end();
  await stop();
  expect(postmasterOf(dir)).toBeUndefined();
});
