/** A part of a process that runs from `start` to `stop`: HTTP, the worker, each of the worker's loops. */
export interface Service {
  readonly name: string;
  /** Rejects if it can't run, and then leaves nothing running. */
  start: () => Promise<void> | void;
  /** Ends in bounded time. What is in progress is finished, or left to the next process that takes it up. */
  stop: () => Promise<void>;
}

/**
 * Starts services in their order; if one can't start, those before it stop. Returns the function that stops all at
 * once.
 */
export async function startServices(services: readonly Service[]): Promise<() => Promise<void>> {
  const started: Service[] = [];
  const stop = async () => {
    const ends = await Promise.allSettled(started.map((service) => service.stop()));
    for (const end of ends) if (end.status === 'rejected') throw end.reason;
  };
  try {
    for (const service of services) {
      await service.start();
      started.push(service);
    }
  } catch (error) {
    await stop();
    throw error;
  }
  return stop;
}
