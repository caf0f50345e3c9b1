import { quantile } from '../prove/stage.ts';
import { Wire } from '../harness/wire.ts';
import { cpuOf, cpuOfChildren } from './cpu.ts';
import type { Scenario } from './scenarios.ts';
import type { Target } from './targets.ts';

/** What one target achieved under one load. CPU is in µs per request. */
export interface Sample {
  requests_per_s: number;
  p50_ms: number;
  p99_ms: number;
  server_cpu_us: number;
  database_cpu_us: number;
  errors: number;
}

/** Keeps this many connections busy for this long. Each sends its next request once it has the previous response. */
export async function load(
  target: Pick<Target, 'url' | 'pid' | 'token'>,
  scenario: Pick<Scenario, 'next'>,
  options: { connections: number; seconds: number; postmaster: number },
): Promise<Sample> {
  const { connections, seconds, postmaster } = options;
  const wire = new Wire(target.url, connections);
  const latencies_ms: number[] = [];
  let errors = 0;
  const server_before = cpuOf(target.pid);
  const database_before = cpuOfChildren(postmaster);
  const start = performance.now();
  const end = start + seconds * 1000;
  const keepBusy = async (connection: number) => {
    while (performance.now() < end) {
      const { request, right } = scenario.next(connection);
      const sent = performance.now();
      const answer = await wire.send({ ...request, token: target.token }).catch(() => undefined);
      latencies_ms.push(performance.now() - sent);
      if (answer === undefined || !right(answer)) errors++;
    }
  };
  await Promise.all(Array.from({ length: connections }, (_, connection) => keepBusy(connection)));
  const took_s = (performance.now() - start) / 1000;
  wire.close();
  const count = latencies_ms.length;
  return {
    requests_per_s: count / took_s,
    p50_ms: quantile(latencies_ms, 0.5),
    p99_ms: quantile(latencies_ms, 0.99),
    server_cpu_us: (cpuOf(target.pid) - server_before) / count,
    database_cpu_us: (cpuOfChildren(postmaster) - database_before) / count,
    errors,
  };
}

/** The median of several samples, figure by figure; errors are added up. */
export function middle(samples: readonly Sample[]): Sample {
  const of = (figure: keyof Sample) =>
    quantile(
      samples.map((sample) => sample[figure]),
      0.5,
    );
  return {
    requests_per_s: of('requests_per_s'),
    p50_ms: of('p50_ms'),
    p99_ms: of('p99_ms'),
    server_cpu_us: of('server_cpu_us'),
    database_cpu_us: of('database_cpu_us'),
    errors: samples.reduce((sum, { errors }) => sum + errors, 0),
  };
}
