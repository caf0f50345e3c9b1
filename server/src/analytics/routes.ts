import { BatonError } from '../errors.ts';
import { requireProject } from '../projects/access.ts';
import type { Serve } from '../serving/serve.ts';
import * as contract from './contract.ts';
import { bucketsOf, categoriesOf, type DurationsRow, type Period, type Place, timesOf } from './queries.ts';
import { ageingOf, levelsOf } from './standing-queries.ts';

const max_oldest = 20;

const day_ms = 86_400_000;

/** The requested period, by default the last thirty days. Throws `validation_failed` if it ends before it begins. */
function periodOf({
  from,
  to,
  time_zone,
}: {
  from?: string | undefined;
  to?: string | undefined;
  time_zone: string;
}): Period {
  // The Swedish format of a date is that of ISO 8601.
  const last = to ?? new Intl.DateTimeFormat('sv-SE', { timeZone: time_zone }).format(new Date());
  const first = from ?? new Date(Date.parse(`${last}T00:00:00Z`) - 29 * day_ms).toISOString().slice(0, 10);
  if (first > last) throw invalid(to === undefined ? 'from' : 'to', 'The last day must not be before the first.');
  return { from: first, to: last, time_zone };
}

/** The days on which the buckets of a period begin. Throws `validation_failed` if there are too many. */
function startsOf({ from, to }: Period, every: 'day' | 'week' | 'month'): string[] {
  const starts: string[] = [];
  const first = new Date(`${from}T00:00:00Z`);
  for (let n = 0; ; n++) {
    const day = new Date(first);
    if (every === 'month') {
      day.setUTCDate(1);
      day.setUTCMonth(first.getUTCMonth() + n);
      const days = new Date(Date.UTC(day.getUTCFullYear(), day.getUTCMonth() + 1, 0)).getUTCDate();
      day.setUTCDate(Math.min(first.getUTCDate(), days)); // the 31st of a short month is its last day
    } else day.setUTCDate(first.getUTCDate() + n * (every === 'week' ? 7 : 1));
    const start = day.toISOString().slice(0, 10);
    if (start > to) return starts;
    if (starts.length === contract.max_buckets) {
      throw invalid(
        'to',
        `The period has more than ${contract.max_buckets} buckets. Choose a shorter one, or longer buckets.`,
      );
    }
    starts.push(start);
  }
}

const invalid = (parameter: string, detail: string) =>
  new BatonError('validation_failed', { errors: [{ parameter, detail }] });

function requireBounded(rows: number, detail: string): void {
  if (rows > contract.max_rows) throw invalid('from', detail);
}

const bound = contract.max_rows.toLocaleString('en');

const rounded = (seconds: number) => Math.round(seconds * 1000) / 1000;
const roundedOrNull = (seconds: number | null) => (seconds === null ? null : rounded(seconds));
const shown = ({ count, p50_s, p85_s, p95_s }: DurationsRow) => ({
  count,
  p50_s: roundedOrNull(p50_s),
  p85_s: roundedOrNull(p85_s),
  p95_s: roundedOrNull(p95_s),
});

/**
 * The category of each status, and the statuses of some categories. A status that no recent workflow has counts as
 * `todo`.
 */
async function meanings(db: Parameters<typeof categoriesOf>[0], place: Place) {
  const categories = await categoriesOf(db, place);
  const of = (...wanted: string[]) => [...categories].filter(([, is]) => wanted.includes(is)).map(([status]) => status);
  return { categoryOf: (status: string) => categories.get(status) ?? 'todo', of };
}

export function analyticsRoutes(serve: Serve): void {
  serve(contract.get_flow, async ({ db, workspace_id, params, query }) => {
    const period = periodOf(query);
    const starts = startsOf(period, query.every);
    const place = { workspace_id, project_id: (await requireProject(db, workspace_id, params.project_id)).id };
    const { categoryOf, of } = await meanings(db, place);
    const [{ buckets, rows }, { levels, not_counted }] = await Promise.all([
      bucketsOf(db, place, { period, starts, done: of('done') }),
      levelsOf(db, place),
    ]);
    requireBounded(
      rows,
      `There are more than ${bound} transitions and new tickets since this day. Choose a later day.`,
    );
    // Count backwards from the current numbers, because every change before now is known.
    const level = new Map(levels);
    const flow: contract.Flow['buckets'] = [];
    for (const { moved, ...bucket } of buckets.toReversed()) {
      const at_end = [...level]
        .filter(([status, tickets]) => tickets !== 0 && !not_counted.has(status))
        .map(([status, tickets]) => ({ status, category: categoryOf(status), tickets }))
        .sort((a, b) => (a.status < b.status ? -1 : 1));
      flow.unshift({ ...bucket, at_end });
      for (const [status, by] of Object.entries(moved)) level.set(status, (level.get(status) ?? 0) - by);
    }
    return { ...period, buckets: flow.slice(0, -1), not_counted: [...not_counted] };
  });

  serve(contract.get_times, async ({ db, workspace_id, params, query }) => {
    const period = periodOf(query);
    const place = { workspace_id, project_id: (await requireProject(db, workspace_id, params.project_id)).id };
    const { categoryOf, of } = await meanings(db, place);
    const found = await timesOf(db, place, { period, done: of('done'), active: of('in_progress') });
    requireBounded(found.rows, `There are more than ${bound} transitions in this period. Choose a shorter one.`);
    return {
      ...period,
      lead_time: shown(found.lead_time),
      cycle_time: shown(found.cycle_time),
      statuses: found.statuses.map(({ status, total_s, ...durations }) => ({
        status,
        category: categoryOf(status),
        ...shown(durations),
        total_s: rounded(total_s),
      })),
    };
  });

  serve(contract.get_ageing, async ({ db, workspace_id, params }) => {
    const place = { workspace_id, project_id: (await requireProject(db, workspace_id, params.project_id)).id };
    const { categoryOf, of } = await meanings(db, place);
    const found = await ageingOf(db, place, { open: of('todo', 'in_progress', 'waiting'), shown: max_oldest });
    return {
      complete: found.complete,
      statuses: found.statuses.map(({ status, age, in_status }) => ({
        status,
        category: categoryOf(status),
        age: shown(age),
        in_status: shown(in_status),
      })),
      oldest: found.oldest.map((one) => ({ ...one, age_s: rounded(one.age_s), in_status_s: rounded(one.in_status_s) })),
    };
  });
}
