import { setTimeout as sleep } from 'node:timers/promises';
import { Wire } from '../../harness/wire.ts';

/** How other requests fared during a load. */
export interface Meanwhile {
  times: number[];
  faults: string[];
}

interface Asked {
  url: string;
  path: string;
  token: string | undefined;
  /** Each request must get 200 within this time. */
  bound_ms: number;
}

/** The pause keeps this load small beside the other one; a real delay is far longer. */
const pause_ms = 40;

/** Sends a request over and over until it is aborted, each on its own connection. */
export async function askMeanwhile({ url, path, token, bound_ms }: Asked, signal: AbortSignal): Promise<Meanwhile> {
  const times: number[] = [];
  const faults: string[] = [];
  while (!signal.aborted) {
    const wire = new Wire(url, 1);
    const started = performance.now();
    try {
      const { status, text } = await wire.send({ method: 'GET', path, token, abort_after_ms: 3 * bound_ms });
      if (status !== 200) faults.push(`others got ${status}: ${text.slice(0, 200)}`);
    } catch (error) {
      faults.push(`others got no response: ${(error as Error).message}`);
    }
    const took = performance.now() - started;
    if (took > bound_ms) faults.push(`others waited ${Math.round(took)} ms for their response`);
    times.push(took);
    wire.close();
    await sleep(pause_ms);
  }
  return { times, faults };
}
