/**
 * How long a process's claim lasts unless it renews it. The work of a process that dies is taken over within 30 s, including
 * the time that the others rest between two looks (docs/decisions, 47).
 */
export const usual_lease_ms = 20_000;
/** In the time of a lease: one that fails is not the end of it. */
const renewals = 4;

interface Renewing<T> {
  lease_ms: number;
  /** Moves the lease's end, if it still is this process's. After a failure the next tries. */
  renew: () => Promise<unknown>;
  work: () => Promise<T>;
}

/**
 * Does what may take longer than a lease, which is renewed meanwhile. Nothing is renewed any more once this has ended: the end of the
 * work, written down after it, is not overwritten.
 */
export async function whileRenewing<T>({ lease_ms, renew, work }: Renewing<T>): Promise<T> {
  let renewing: Promise<unknown> | undefined;
  const timer = setInterval(() => {
    // One at a time: a database that is slow is not asked more often.
    renewing ??= renew()
      .catch(() => undefined)
      .finally(() => (renewing = undefined));
  }, lease_ms / renewals);
  try {
    return await work();
  } finally {
    clearInterval(timer);
    await renewing;
  }
}
