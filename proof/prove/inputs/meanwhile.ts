import { setTimeout as sleep } from 'node:timers/promises';
import { Wire } from '../../harness/wire.ts';

/** How others fared while something else was going on. */
export interface Meanwhile {
  times: number[];
  faults: string[];
}

interface Asked {
  url: string;
  path: string;
  token: string | undefined;
  /** Each gets 200 within this. */
  bound_ms: number;
}

/** Others' load is small beside what they are watched through; whatever holds them up takes far longer. */
const pause_ms = 40;

/** Asks for something again and again until told to stop, over a connection of its own each time. */
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
