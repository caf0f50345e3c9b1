import { spawn } from 'node:child_process';
import { chmodSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { conformingClient } from '../../../proof/harness/conformance.ts';
import { postmasterOf } from '../../../proof/harness/installation.ts';
import { freePort } from '../../../proof/harness/served.ts';
import { metrics_token } from '../../../proof/harness/server.ts';
import { emptyDir, madeDir, register, serve, start } from './running.ts';

describe('starting', () => {
  test.runIf(process.getuid?.() === 0)('as root works in a directory that only root can access', async () => {
    const dir = emptyDir();
    chmodSync(dir, 0o700);
    const { child, ended, url } = await serve(dir);
    await register(url);
    child.kill('SIGTERM');
    expect(await ended).toBe(0);
    expect(postmasterOf(dir)).toBeUndefined();
    chmodSync(dir, 0o755); // and again once others can access it: the files get another owner
    await register((await serve(dir)).url);
  });

  // With two processes, so that no second start is needed to test several.
  test('prints where everything is, with several processes that share one port and their counters, and stop together', async () => {
    const { url, child, ended, dir, output } = await serve(undefined, {
      WEB_CONCURRENCY: '2',
      BATON_AUTH_LIMIT_PER_ACCOUNT: '3',
    });
    expect(output()).toContain('2 processes');
    expect(output()).toContain(path.join(dir, 'postgres'));
    expect(output()).not.toMatch(/postgres:\/\//); // no URL, no password
    const curl = /^ {2}(curl .*)$/m.exec(output())?.[1] ?? '';
    const answer = spawn('bash', ['-c', curl]);
    let text = '';
    answer.stdout.on('data', (chunk) => (text += String(chunk)));
    await new Promise((resolve) => answer.once('close', resolve));
    expect(JSON.parse(text)).toMatchObject({ user: { email: 'ada@example.com' }, token_type: 'Bearer' });

    const client = await register(url);
    await Promise.all(Array.from({ length: 20 }, () => client.get_me()));
    const statuses: number[] = [];
    for (let n = 0; n < 5; n++) {
      const guess = { email: 'guess@example.com', password: 'anything' };
      statuses.push((await conformingClient(url).raw.login({ body: guess })).status);
    }
    expect(statuses).toEqual([401, 401, 401, 429, 429]);
    const metrics = await (
      await fetch(`${url}/metrics`, { headers: { authorization: `Bearer ${metrics_token}` } })
    ).text();
    expect(metrics).toMatch(/operation="get_me",method="GET",status="200"\} 20/);
    const second = await start(dir);
    expect(await second.ended).toBe(1);
    expect(second.output()).toContain('already runs');
    expect(second.output()).toContain('BATON_DATA_DIR');
    child.kill('SIGTERM');
    expect(await ended).toBe(0);
    expect(postmasterOf(dir)).toBeUndefined();
  });

  test.each(['1', '2'])(
    'on a port in use with %s processes fails, names the setting, and leaves no database running',
    async (n) => {
      const taken = await freePort();
      const holder = createServer().listen(taken, '127.0.0.1');
      onTestFinished(() => void holder.close());
      const dir = await madeDir();
      const refused = await start(dir, { WEB_CONCURRENCY: n }, { port: taken });
      expect(await refused.ended).toBe(1);
      expect(refused.output()).toBe(`Port ${taken} is taken. Set PORT to another one.\n`);
      expect(postmasterOf(dir)).toBeUndefined();
    },
  );

  test('with an invalid setting fails with an explanation', async () => {
    const refused = await start(emptyDir(), { DATABASE_URL: 'mysql://x' });
    expect(await refused.ended).toBe(1);
    expect(refused.output()).toContain('DATABASE_URL');
    expect(refused.output()).not.toMatch(/^\s+at /m);
  });
});
