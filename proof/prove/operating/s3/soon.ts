import { setTimeout as sleep } from 'node:timers/promises';

const patience_ms = 60_000;

/** Waits until the expectation holds. Returns whether it does. */
export async function soon(holds: () => boolean | Promise<boolean>, within_ms = patience_ms): Promise<boolean> {
  for (const until = Date.now() + within_ms; Date.now() < until; await sleep(100)) if (await holds()) return true;
  return false;
}
