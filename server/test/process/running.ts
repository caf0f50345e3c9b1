import { rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { onTestFinished } from 'vitest';
import { isAlive } from '../../src/db/embedded/postmaster.ts';
import { conformingClient } from '../../../proof/harness/conformance.ts';
import { emptyDataDir, madeDataDir, postmasterOf } from '../../../proof/harness/installation.ts';
import { type Served, type ServeOptions, startServed, startServing } from '../../../proof/harness/served.ts';

function removed(dir: string): string {
  onTestFinished(async () => {
    const postmaster = postmasterOf(dir);
    if (postmaster !== undefined) {
      process.kill(postmaster, 'SIGQUIT'); // immediate shutdown, because nobody needs its data
      while (isAlive(postmaster)) await sleep(10);
    }
    rmSync(dir, { recursive: true, force: true });
  });
  return dir;
}

/** An empty data directory, as for a first start. */
export function emptyDir(): string {
  return removed(emptyDataDir());
}

/** A data directory that an earlier start has filled. */
export async function madeDir(): Promise<string> {
  return removed(await madeDataDir());
}

function ended<S extends Served>(served: S): S {
  onTestFinished(async () => {
    served.child.kill('SIGKILL');
    await served.ended;
  });
  return served;
}

/** Starts Baton in a data directory, without waiting until it serves. */
export async function start(
  dir: string,
  env: Record<string, string> = {},
  options: Pick<ServeOptions, 'port' | 'verb' | 'words'> = {},
): Promise<Served> {
  return ended(await startServed({ env: { BATON_DATA_DIR: dir, BATON_POOL_SIZE: '8', ...env }, ...options }));
}

/** Starts Baton, by default in a new data directory, and waits until it serves. */
export async function serve(given?: string, env: Record<string, string> = {}): Promise<Served & { dir: string }> {
  const dir = given ?? (await madeDir());
  return ended({ ...(await startServing({ env: { BATON_DATA_DIR: dir, BATON_POOL_SIZE: '8', ...env } })), dir });
}

/** Waits until the server has printed the text. */
export async function says(served: Pick<Served, 'output' | 'ended'>, text: string): Promise<void> {
  let over = false;
  void served.ended.then(() => (over = true));
  while (!served.output().includes(text)) {
    if (over) throw new Error(`It ended without printing ${text}: ${served.output()}`);
    await sleep(20);
  }
}

export async function register(url: string) {
  const email = `${Math.random().toString(36).slice(2)}@example.com`;
  const client = conformingClient(url);
  const answer = await client.register({ body: { email, password: 'a long enough one', name: 'N' } });
  client.access_token = answer.access_token;
  return client;
}
