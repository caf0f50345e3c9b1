import { startProxy } from '../harness/proxy.ts';
import { Wire } from '../harness/wire.ts';
import type { Bed } from './bed.ts';
import { makeScenarios } from './scenarios.ts';
import { startTargets } from './targets.ts';

const requests = 40;

/**
 * Counts the round trips to the database per request, by scenario and target. Only requests count, one at a time on one
 * connection.
 */
export async function countRoundTrips(bed: Bed): Promise<Record<string, Record<string, number>>> {
  const [, place] = bed.places;
  if (place === undefined) throw new Error('There is no place to count in.');
  const proxy = await startProxy(bed.database_url);
  const targets = await startTargets({ database_url: proxy.url, pool_size: 1, person: bed.person, worker: false });
  const counted: Record<string, Record<string, number>> = {};
  try {
    for (const { name, next } of await makeScenarios(bed.owner, place, { person: bed.person, connections: 1 })) {
      const trips: Record<string, number> = (counted[name] = {});
      for (const { name: target, url, token } of targets) {
        const wire = new Wire(url, 1);
        const send = async () => {
          const { request, right } = next(0);
          right(await wire.send({ ...request, token }));
        };
        await send(); // connects, and caches the workflow
        const before = proxy.bursts();
        for (let n = 0; n < requests; n++) await send();
        trips[target] = (proxy.bursts() - before) / requests;
        wire.close();
      }
    }
    return counted;
  } finally {
    await Promise.all(targets.map((target) => target.stop()));
    await proxy.close();
  }
}
