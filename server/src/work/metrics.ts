import { Counter, Gauge, Histogram } from 'prom-client';

const labelNames = ['task'] as const;

const passes = new Counter({
  name: 'baton_worker_passes_total',
  help: 'Passes of the worker, by task and outcome (done, failed).',
  labelNames: ['task', 'outcome'],
});
const duration = new Histogram({
  name: 'baton_worker_pass_duration_seconds',
  help: 'Duration of a pass of the worker, by task.',
  labelNames,
  buckets: [0.01, 0.1, 1, 10],
});
const last_success = new Gauge({
  name: 'baton_worker_last_success_timestamp_seconds',
  help: 'When a pass last succeeded in any process, by task.',
  labelNames,
  aggregator: 'max',
});
const rows = new Counter({
  name: 'baton_worker_rows_total',
  help: 'Rows that the worker has removed or changed, by task.',
  labelNames,
});

/** Creates a task's counters at zero, because an alert on an increase needs a first value. */
export function announceTask(task: string): void {
  for (const outcome of ['done', 'failed']) passes.inc({ task, outcome }, 0);
  rows.inc({ task }, 0);
}

export function observePass(pass: {
  task: string;
  outcome: 'done' | 'failed';
  duration_ms: number;
  rows: number;
}): void {
  const { task, outcome } = pass;
  passes.inc({ task, outcome });
  duration.observe({ task }, pass.duration_ms / 1000);
  rows.inc({ task }, pass.rows);
  if (outcome === 'done') last_success.set({ task }, Date.now() / 1000);
}
