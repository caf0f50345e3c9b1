import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createDatabase } from '../../../proof/harness/database.ts';
import { childrenOf, noProcesses, signalAll } from '../../../proof/harness/processes.ts';
import { type Served, startServing } from '../../../proof/harness/served.ts';

async function serveFromTwo(env: Record<string, string> = {}): Promise<Served & { workers: () => number[] }> {
  const database = await createDatabase();
  const served = await startServing({ database_url: database.url, env: { WEB_CONCURRENCY: '2', ...env } });
  const workers = () => childrenOf(served.child.pid ?? 0);
  onTestFinished(async () => {
    signalAll([...workers(), served.child.pid ?? 0], 'SIGKILL');
    await served.ended;
    await database.drop();
  });
  return { ...served, workers };
}

describe.skipIf(noProcesses() !== undefined)('several processes on one port', { timeout: 120_000 }, () => {
  test.each(['SIGHUP', 'SIGQUIT', 'SIGINT'] as const)(
    'finish the requests in progress when a terminal sends all of them %s',
    async (signal) => {
      const { url, child, workers, ended } = await serveFromTwo();
      const body = JSON.stringify({ email: 'late@example.com', password: 'a long enough one', name: 'Late' });
      const headers = { 'content-type': 'application/json', 'content-length': body.length, expect: '100-continue' };
      const sent = request(`${url}/v1/auth/register`, { method: 'POST', headers });
      sent.flushHeaders();
      await once(sent, 'continue');
      const responded = once(sent, 'response') as Promise<[IncomingMessage]>;
      signalAll([child.pid ?? 0, ...workers()], signal);
      await Promise.race([responded, sleep(300)]); // a connection that is cut fails the test here
      sent.end(body);
      const [response] = await responded;
      response.resume();
      expect(response.statusCode).toBe(201);
      expect(await ended).toBe(0);
    },
  );

  test('have metrics that are refused while one of them does not respond', async () => {
    const token = 'a-token-of-the-metrics';
    const { url, workers } = await serveFromTwo({ BATON_METRICS_TOKEN: token });
    const [silent = 0] = workers();
    signalAll([silent], 'SIGSTOP');
    const headers = { authorization: `Bearer ${token}` };
    const asking = [1, 2].map(() => fetch(`${url}/metrics`, { headers })); // one in each process
    const { status } = await Promise.race(asking);
    signalAll([silent], 'SIGCONT');
    expect(status).toBe(503);
    expect((await Promise.all(asking)).map((response) => response.status).sort()).toEqual([200, 503]);
  });

  test('go on, and one that dies is replaced, even if it dies while its metrics are gathered', async () => {
    const token = 'a-token-of-the-metrics';
    const { url, child, workers } = await serveFromTwo({ BATON_METRICS_TOKEN: token });
    const [silent = 0, victim = 0] = workers();
    signalAll([silent], 'SIGSTOP'); // the primary waits five seconds for its metrics
    const headers = { authorization: `Bearer ${token}` };
    const asking = [1, 2].map(() => fetch(`${url}/metrics`, { headers }).catch(() => undefined)); // one in each process
    await sleep(1_000);
    signalAll([victim], 'SIGKILL');
    await sleep(6_000);
    signalAll([silent], 'SIGCONT');
    await Promise.all(asking);
    await expect.poll(() => workers().filter((pid) => pid !== victim).length, { timeout: 20_000 }).toBe(2);
    expect([child.exitCode, child.signalCode]).toEqual([null, null]);
    expect((await fetch(`${url}/livez`)).status).toBe(200);
  });
});
