/**
 * How long a lease lasts unless its process renews it. If a process dies, another takes over its work within 30 s,
 * including the rest between two looks (docs/decisions, 47).
 */
export const usual_lease_ms = 20_000;
/** How often a lease is renewed in its time, so that it survives a renewal that fails. */
const renewals = 4;

interface Renewing<T> {
  lease_ms: number;
  /** Extends the lease if this process still has it. Its failure is ignored: the next renewal tries again. */
  renew: () => Promise<unknown>;
  work: () => Promise<T>;
}

/**
 * Does work that may take longer than a lease, and renews the lease meanwhile. No renewal is in progress when it
 * returns, so none overwrites what the caller then writes about the end of the work.
 */
export async function whileRenewing<T>({ lease_ms, renew, work }: Renewing<T>): Promise<T> {
  let renewing: Promise<unknown> | undefined;
  const timer = setInterval(() => {
    // One renewal at a time, so that a slow database doesn't get more of them.
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
