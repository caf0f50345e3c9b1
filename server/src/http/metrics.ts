import cluster from 'node:cluster';
import type pg from 'pg';
import { turnsOf } from '../db/turns.ts';
import { AggregatorRegistry, collectDefaultMetrics, Gauge, Histogram, register } from 'prom-client';
import { BatonError } from '../errors.ts';

const duration = new Histogram({
  name: 'baton_http_request_duration_seconds',
  help: 'Time from the request to the end of its response.',
  labelNames: ['operation', 'method', 'status'],
  buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
});
collectDefaultMetrics();

export function observeRequest(request: { operation: string; method: string; status: number; duration_ms: number }) {
  const { operation, method, status } = request;
  duration.observe({ operation, method, status }, request.duration_ms / 1000);
}

const observed = new Map<string, pg.Pool>();

const connections = new Gauge({
  name: 'baton_database_connections',
  help: 'Connections to the database by pool (requests, worker), and how many wait for one.',
  labelNames: ['pool', 'state'],
  collect() {
    for (const [name, pool] of observed) {
      connections.set({ pool: name, state: 'open' }, pool.totalCount);
      connections.set({ pool: name, state: 'idle' }, pool.idleCount);
      connections.set({ pool: name, state: 'waited_for' }, turnsOf(pool).waiting);
    }
  },
});

/** Adds a pool to the metrics: how many of its connections are open, idle and waited for. */
export function observePool(name: 'requests' | 'worker', pool: pg.Pool): void {
  observed.set(name, pool);
}

const ask = 'baton:metrics';

/** In the primary: gathers the metrics of all processes for the one that was asked. */
export function answerMetrics(): void {
  const all = new AggregatorRegistry();
  cluster.on('message', (worker, message: { ask?: string; id?: number }) => {
    if (message.ask !== ask) return;
    all.clusterMetrics().then(
      (text) => worker.send({ ask, id: message.id, text }),
      () => worker.send({ ask, id: message.id }),
    );
  });
}

let asked = 0;

/**
 * The metrics in Prometheus' text form; those of all processes, if there are several. Throws `overloaded` if one of them
 * does not respond in time.
 */
export function metricsText(): Promise<string> {
  if (!cluster.isWorker) return register.metrics();
  return new Promise((resolve, reject) => {
    const id = ++asked;
    const listen = (message: { ask?: string; id?: number; text?: string }) => {
      if (message.ask !== ask || message.id !== id) return;
      process.off('message', listen);
      if (message.text !== undefined) resolve(message.text);
      else
        reject(new BatonError('overloaded', { detail: 'A process did not send its metrics.' }, { retry_after_s: 5 }));
    };
    process.on('message', listen);
    process.send?.({ ask, id });
  });
}

// A worker responds to the primary only once an AggregatorRegistry has been created in it.
if (cluster.isWorker) void new AggregatorRegistry();
