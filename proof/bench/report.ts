import { writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { chart } from './chart.ts';
import type { EventFigures } from './events.ts';
import type { LargeWork } from './large.ts';
import type { Sample } from './load.ts';
import type { Page } from './pages.ts';
import type { Scale } from './scale.ts';
import type { Target } from './targets.ts';
import type { Updates } from './updates.ts';

/** The servers that use Baton's own schema. */
type Ours = Exclude<Target['name'], 'postgraphile'>;

export interface ScenarioResult {
  name: string;
  says: string;
  samples: Record<Ours, Sample> & { postgraphile?: Sample };
  /** Round trips to the database per request. */
  trips: Record<Ours, number>;
}

/** The stored results of a whole run. */
export interface Results {
  commit: string;
  on: string;
  machine: string;
  connections: number;
  seconds: number;
  rounds: number;
  scenarios: ScenarioResult[];
  /** The most memory that each server had in the whole run. */
  resident_mb: Record<Target['name'], number>;
  scale: Scale;
  updates: Updates[];
  pages: Page[];
  large: LargeWork;
  events: EventFigures;
}

/** A limit for a figure, and the measured value. */
export interface Bar {
  says: string;
  seen: number;
  at: { most: number } | { least: number };
}

export const holds = ({ seen, at }: Bar) => ('most' in at ? seen <= at.most : seen >= at.least);

export function barsOf({ scenarios, resident_mb, scale, pages, large, events }: Results): Bar[] {
  const bars: Bar[] = [];
  const add = (says: string, seen: number, at: Bar['at']) => bars.push({ says, seen, at });
  for (const { name, samples, trips } of scenarios) {
    const { floor, baton, baseline, postgraphile } = samples;
    if (['list', 'read', 'transition'].includes(name)) {
      add(`${name}: server CPU to the floor's`, baton.server_cpu_us / floor.server_cpu_us, { most: 1.4 });
    }
    if (['read', 'transition'].includes(name)) {
      add(`${name}: throughput to the baseline's`, baton.requests_per_s / baseline.requests_per_s, { least: 3 });
    }
    if (postgraphile !== undefined) {
      const least = name === 'create' ? 1.5 : 2;
      add(`${name}: throughput to PostGraphile's`, baton.requests_per_s / postgraphile.requests_per_s, { least });
      add(`${name}: errors of PostGraphile`, postgraphile.errors, { most: 0 });
    }
    if (['create', 'transition'].includes(name)) {
      add(`${name}: database CPU to the floor's`, baton.database_cpu_us / floor.database_cpu_us, { most: 2 });
    }
    if (name.includes('hot')) {
      add(`${name}: throughput to the floor's`, baton.requests_per_s / floor.requests_per_s, { least: 0.6 });
    }
    const trips_allowed = { list: 1, read: 1, create: 2, transition: 2 }[name];
    if (trips_allowed !== undefined) add(`${name}: round trips`, trips.baton, { most: trips_allowed });
    add(`${name}: errors`, baton.errors, { most: 0 });
  }
  const [smallest, largest] = [scale.sizes[0], scale.sizes.at(-1)];
  const size = (tickets = 0) => tickets.toLocaleString('en');
  const growth = (largest?.p50_ms ?? 0) / (smallest?.p50_ms ?? 1);
  add(`list: p50 among ${size(largest?.tickets)} to that among ${size(smallest?.tickets)} tickets`, growth, {
    most: 1.2,
  });
  add(`list: page ${size(scale.deep_page)} to page 1`, scale.deep_page_ms / scale.first_page_ms, { most: 1.2 });
  for (const { name, bytes } of pages) add(`page, ${name}: KiB`, bytes / 1024, { most: 1024 });
  for (const { name, right, response_ms, others } of large.pieces) {
    add(`${name}: seconds until the response`, response_ms / 1000, { most: 5 });
    add(`${name}: errors, including those of other clients`, others.errors + (right ? 0 : 1), { most: 0 });
  }
  add('peak memory of the process after all of this, MB', resident_mb.baton, { most: 512 });
  const { with_worker, without_worker, deliveries, backlogs } = events;
  add(
    'transitions: throughput with a worker to that without',
    with_worker.requests_per_s / without_worker.requests_per_s,
    {
      least: 0.85,
    },
  );
  add('transitions with and without a worker: errors', with_worker.errors + without_worker.errors, { most: 0 });
  for (const { connections, p99_ms, errors, events: came } of deliveries) {
    add(`events of ${connections} connections’ writes that reach the stream`, came, { least: 1 });
    add(`writes of ${connections} connections with a stream: errors`, errors, { most: 0 });
    add(`${connections} connections’ writes, from a change to its event on the stream: p99 ms`, p99_ms, { most: 250 });
  }
  const [backlog, long_backlog] = backlogs;
  if (backlog === undefined || long_backlog === undefined) throw new Error('There are no backlogs.');
  add(`${size(backlog.entries)} events numbered while clients write: seconds`, backlog.seconds, { most: 15 });
  add(
    `memory after ${size(long_backlog.entries)} events, to that after ${size(backlog.entries)}`,
    long_backlog.resident_mb / backlog.resident_mb,
    { most: 1.25 },
  );
  return bars;
}

const round = (value: number, digits = 0) => value.toLocaleString('en', { maximumFractionDigits: digits });

function scenarioRows({ name, samples, trips }: ScenarioResult): string[] {
  const { floor, baseline } = samples;
  return (['floor', 'baton', 'baseline', 'postgraphile'] as const).flatMap((target) => {
    const one = samples[target];
    if (one === undefined) return [];
    return `| ${[
      target === 'floor' ? `**${name}**` : '',
      target,
      round(one.requests_per_s),
      round(one.p50_ms, 1),
      round(one.p99_ms, 1),
      round(one.server_cpu_us),
      round(one.database_cpu_us),
      target === 'postgraphile' ? '' : round(trips[target], 1),
      `${round(one.server_cpu_us / floor.server_cpu_us, 2)} ×`,
      `${round(one.requests_per_s / baseline.requests_per_s, 2)} ×`,
    ].join(' | ')} |`;
  });
}

const pageRow = ({ name, items, bytes, p50_ms, server_cpu_ms, database_cpu_ms }: Page) =>
  `| ${[name, round(items), round(bytes / 1024), ...[p50_ms, server_cpu_ms, database_cpu_ms].map((ms) => round(ms, 1))].join(' | ')} |`;

function largeRows({ alone, pieces }: LargeWork): string[] {
  const others = ({ writes, p50_ms, longest_ms }: LargeWork['alone']) => [
    round(writes),
    round(p50_ms, 1),
    round(longest_ms),
  ];
  const row = (...cells: string[]) => `| ${cells.join(' | ')} |`;
  return [
    row('nothing else', '', '', '', '', ...others(alone)),
    ...pieces.map((piece) => {
      const { name, tickets, status, response_ms, done_ms } = piece;
      return row(name, round(tickets), String(status), round(response_ms), round(done_ms), ...others(piece.others));
    }),
  ];
}

function eventLines({ with_worker, without_worker, deliveries, backlogs }: EventFigures): string[] {
  const steps = ({ requests_per_s, database_cpu_us }: Sample) =>
    `${round(requests_per_s)}/s at ${round(database_cpu_us)} µs of the database`;
  return [
    `Transitions without a worker: ${steps(without_worker)}. With a worker on the same cores, which numbers their events: ${steps(with_worker)}.`,
    '',
    '| writers | requests/s | events on a stream | p50 ms from the change | p99 ms | most unnumbered events |',
    '|--:|--:|--:|--:|--:|--:|',
    ...deliveries.map(
      ({ connections, requests_per_s, events, p50_ms, p99_ms, most_waiting }) =>
        `| ${[connections, requests_per_s, events, p50_ms, p99_ms, most_waiting].map((value) => round(value)).join(' | ')} |`,
    ),
    '',
    ...backlogs.map(
      ({ entries, writers, seconds, writes_per_s, resident_mb }) =>
        `- Numbering ${round(entries)} events while ${writers} clients write (${round(writes_per_s)}/s) took ${round(seconds, 1)} s; the process used at most ${resident_mb} MB.`,
    ),
  ];
}

/** The figures that only Baton has. */
function alone({ updates, pages, large, resident_mb, events }: Results): string[] {
  return [
    'The worst pages, one request at a time:',
    '',
    '| page of 100 | items | KiB | p50 ms | server ms | database ms |',
    '|---|--:|--:|--:|--:|--:|',
    ...pages.map(pageRow),
    '',
    ...pages.map(({ name, says }) => `- ${name}: ${says}.`),
    '',
    'Large pieces of work in a project, while two clients write single tickets in it:',
    '',
    '| | tickets | status | ms to the response | ms until all is done | other writes | their p50 ms | their longest ms |',
    '|---|--:|--:|--:|--:|--:|--:|--:|',
    ...largeRows(large),
    '',
    ...large.pieces.map(({ name, says }) => `- ${name}: ${says}.`),
    '',
    'WAL that PostgreSQL writes for an update of one ticket, including its indexes:',
    ...updates.map(({ says, wal_bytes, hot_share }, index) => {
      const end = index === updates.length - 1 ? '.' : ';';
      return `${says} ${round(wal_bytes)} bytes, ${round(hot_share * 100)} % of such updates without a new index entry (HOT)${end}`;
    }),
    '',
    ...eventLines(events),
    '',
    `Peak memory of each process, after all of this: Baton ${resident_mb.baton} MB, the floor ${resident_mb.floor} MB, the baseline ${resident_mb.baseline} MB.`,
  ];
}

/** The run as a page: the figures and their limits. */
export function page(results: Results): string {
  const { commit, on, machine, connections, seconds, rounds, scale } = results;
  return [
    '# Figures',
    '',
    '`npm run bench` measures, and writes this page, [bench.json](bench.json) and the chart. Four servers use one PostgreSQL, whose',
    'commits wait for the disk. They get the same load in turn. **floor** is bare node:http and pg with the same statements, pipelined,',
    'without row-level security, framework, tokens or validation. **baseline** is the same service as it is usually written, with one',
    'query at a time ([proof/bench/baseline](../proof/bench/baseline/main.ts)). **postgraphile** is PostGraphile 5 with a smaller tracker',
    'of its own, which has row-level security and a trigger for the history ([its schema](../tools/postgraphile/schema.sql)).',
    'Load, servers and database share the machine, so compare the ratios, not the absolute figures.',
    '',
    `Measured on ${on} at ${commit}: ${machine}; ${connections} connections, the median of ${rounds} rounds of ${seconds} s.`,
    '',
    '![Requests per second and CPU per request](bench.svg)',
    '',
    '| | | requests/s | p50 ms | p99 ms | server µs | database µs | round trips | server CPU to floor | throughput to baseline |',
    '|---|---|--:|--:|--:|--:|--:|--:|--:|--:|',
    ...results.scenarios.flatMap(scenarioRows),
    '',
    ...results.scenarios.map(({ name, says }) => `- ${name}: ${says}.`),
    '',
    `A page of 50, one request at a time: ${scale.sizes.map(({ tickets, p50_ms }) => `${round(p50_ms, 2)} ms among ${round(tickets)} tickets`).join(', ')};`,
    `page 1 ${round(scale.first_page_ms, 2)} ms, page ${round(scale.deep_page)} ${round(scale.deep_page_ms, 2)} ms.`,
    '',
    ...alone(results),
    '',
    '| requirement | bar | measured | |',
    '|---|--:|--:|---|',
    ...barsOf(results).map((bar) => {
      const limit = 'most' in bar.at ? `≤ ${bar.at.most}` : `≥ ${bar.at.least}`;
      return `| ${bar.says} | ${limit} | ${round(bar.seen, 2)} | ${holds(bar) ? '✓' : '✗'} |`;
    }),
    '',
  ].join('\n');
}

/** Describes the machine in a few words. */
export function machineName(): string {
  const [cpu] = os.cpus();
  return `${os.availableParallelism()} cores of ${cpu?.model.trim() ?? 'unknown make'}, Node ${process.versions.node}, PostgreSQL 18`;
}

/** Writes the page, the figures and the chart into docs. */
export function keep(results: Results): void {
  const docs = path.resolve(import.meta.dirname, '../../docs');
  writeFileSync(path.join(docs, 'bench.json'), `${JSON.stringify(results, null, 2)}\n`);
  writeFileSync(path.join(docs, 'bench.md'), page(results));
  writeFileSync(path.join(docs, 'bench.svg'), chart(results));
}
