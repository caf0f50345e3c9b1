import { aborted, BatonApiError } from './errors.ts';

export interface Patience {
  /** How often a failed attempt is repeated. */
  retries: number;
  /** The longest wait before a repetition. Where the server asks for a longer one, the call fails instead. */
  max_wait_ms: number;
  signal: AbortSignal | undefined;
}

const first_wait_ms = 200;

/** Waits, and less so when the signal says so. */
function wait(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal?.addEventListener('abort', done, { once: true });
  });
}

/**
 * The wait before the nth repetition: at random up to a bound that doubles, so that clients which failed together don’t
 * come back together; at least what the server asks for.
 */
export function waitBefore(nth: number, asked_ms: number | undefined, max_wait_ms: number): number {
  const bound = Math.min(max_wait_ms, first_wait_ms * 2 ** nth);
  return asked_ms === undefined ? Math.random() * bound : asked_ms + Math.random() * Math.min(bound, asked_ms / 4);
}

/** Makes attempts until one succeeds, or fails in a way that another would not change. */
export async function persist<T>({ retries, max_wait_ms, signal }: Patience, attempt: () => Promise<T>): Promise<T> {
  for (let nth = 0; ; nth++) {
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof BatonApiError) || !error.retryable || nth >= retries) throw error;
      if ((error.retry_after_ms ?? 0) > max_wait_ms) throw error;
      await wait(waitBefore(nth, error.retry_after_ms, max_wait_ms), signal);
      if (signal?.aborted === true) throw aborted(error.operation, error, error.idempotency_key);
    }
  }
}
