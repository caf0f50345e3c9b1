import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { startOwnCluster } from '../../../proof/harness/own-cluster.ts';

test('a start after a database that was killed waits for the last of its processes', async () => {
  const cluster = await startOwnCluster();
  try {
    const { rows } = await cluster.owner.query<{ pid: number }>('select pg_backend_pid() as pid');
    const last = rows[0]?.pid ?? 0;
    process.kill(last, 'SIGSTOP'); // does not notice that it is alone
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
