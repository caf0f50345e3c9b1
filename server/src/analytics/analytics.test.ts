import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeTeam, type Team } from '../../../proof/harness/make.ts';
import { startServer, type TestServer } from '../../../proof/harness/server.ts';
import { Random } from '../../../proof/prove/random.ts';

let server: TestServer;
let team: Team;

const done = ['resolved', 'closed'];
const next: Record<string, string[]> = {
  open: ['in_progress'],
  in_progress: ['open', 'resolved'],
  resolved: ['closed', 'in_progress'],
  closed: ['in_progress'],
};

interface Life {
  id: string;
  deleted: boolean;
  created: number;
  steps: { from: string; to: string; at: number }[];
}

const day_ms = 86_400_000;
const first = Date.parse('2026-09-15T00:00:00Z');
const days = 70;
let lives: Life[];

/** Creates tickets with a past. The API can't, because it takes the time from the database's clock. */
async function seed(count: number): Promise<Life[]> {
  const random = new Random(7);
  const made: Life[] = [];
  for (let n = 1; n <= count; n++) {
    const created = first + Math.floor(random.next() * days * day_ms);
    const life: Life = { id: crypto.randomUUID(), deleted: random.chance(0.1), created, steps: [] };
    let [status, at] = ['open', created];
    while (random.chance(0.85)) {
      at += Math.floor(random.next() ** 3 * 20 * day_ms) + 1;
      const to = random.pick(next[status] as string[]);
      if (at > first + days * day_ms) break;
      life.steps.push({ from: status, to, at });
      status = to;
    }
    made.push(life);
    await insert(n, life, status);
  }
  return made;
}

async function insert(n: number, { id, deleted, created, steps }: Life, status: string): Promise<void> {
  const { workspace_id, project_id, member } = team;
  const { owner } = server.database;
  await owner.query(
    `insert into tickets (workspace_id, id, project_id, number, title, initial_status, status, status_sequence, resolution, reporter_id,
       created_at, updated_at, deleted_at)
     values ($1, $2, $3, $4, 'T', 'open', $5, $6, case when $5 in ('resolved', 'closed') then 'fixed' end, $7, $8, $8,
       case when $9 then $8::timestamptz end)`,
    [workspace_id, id, project_id, 1000 + n, status, steps.length, member.user.id, new Date(created), deleted],
  );
  for (const [index, { from, to, at }] of steps.entries()) {
    await owner.query(
      `insert into status_history (workspace_id, ticket_id, sequence, id, project_id, workflow_version, from_status, to_status,
         resolution, actor_id, created_at)
       values ($1, $2, $3, gen_random_uuid(), $4, 1, $5, $6, case when $6 in ('resolved', 'closed') then 'fixed' end, $7, $8)`,
      [workspace_id, id, index + 1, project_id, from, to, member.user.id, new Date(at)],
    );
  }
}

beforeAll(async () => {
  // The rows have no audit entries, so the server gets a patch that changes nothing: with one, it doesn't check
  // invariants.
  server = await startServer({}, { patch: (text) => text });
  team = await makeTeam(server);
  lives = (await seed(400)).filter(({ deleted }) => !deleted);
});
afterAll(() => server.stop());

/** When a day begins in a time zone, found by trying every quarter of an hour. */
function startOf(day: string, time_zone: string): number {
  const format = new Intl.DateTimeFormat('sv-SE', { timeZone: time_zone, dateStyle: 'short', timeStyle: 'medium' });
  const noon = Date.parse(`${day}T12:00:00Z`);
  for (let at = noon - 30 * 3_600_000; at < noon + 30 * 3_600_000; at += 900_000) {
    if (format.format(at) === `${day} 00:00:00`) return at;
  }
  throw new Error(`${day} does not begin at midnight in ${time_zone}`);
}

const addDays = (day: string, count: number) =>
  new Date(Date.parse(`${day}T00:00:00Z`) + count * day_ms).toISOString().slice(0, 10);

function statusAt({ created, steps }: Life, at: number): string | undefined {
  if (created >= at) return undefined;
  return steps.filter((step) => step.at < at).at(-1)?.to ?? 'open';
}

/** The percentile as percentile_cont computes it, interpolated linearly between two values. */
function percentile(values: readonly number[], fraction: number): number | null {
  const sorted = values.toSorted((a, b) => a - b);
  const place = (sorted.length - 1) * fraction;
  const [low, high] = [sorted[Math.floor(place)], sorted[Math.ceil(place)]];
  return low === undefined || high === undefined ? null : low + (high - low) * (place - Math.floor(place));
}

const near = (value: number | null) => (value === null ? null : (expect.closeTo(value, 2) as number));
const durations = (ms: readonly number[]) => {
  const [p50_s, p85_s, p95_s] = [0.5, 0.85, 0.95].map((at) =>
    near(
      percentile(
        ms.map((one) => one / 1000),
        at,
      ),
    ),
  );
  return { count: ms.length, p50_s, p85_s, p95_s };
};

const place = () => ({ workspace_id: team.workspace_id, project_id: team.project_id });

test('the database knows every time zone that the API accepts', async () => {
  const { rows } = await server.database.owner.query<{ name: string }>('select name from pg_timezone_names');
  const known = new Set(rows.map(({ name }) => name));
  const taken = Intl.supportedValuesOf('timeZone').filter((name) => name.includes('/'));
  expect(taken.length).toBeGreaterThan(300);
  expect(taken.filter((name) => !known.has(name))).toEqual([]);
});

describe('the flow of a project', () => {
  test.each([
    ['UTC', 'day', '2026-09-20', 1, 60],
    ['Europe/Berlin', 'day', '2026-10-20', 1, 12], // the clocks go back on the 25th
    ['Atlantic/Azores', 'day', '2026-10-20', 1, 12], // midnight occurs twice on the 25th
    ['America/Havana', 'day', '2026-10-28', 1, 12], // and there on the 1st
    ['America/New_York', 'week', '2026-09-16', 7, 10],
    ['Asia/Kathmandu', 'week', '2026-10-01', 7, 1],
  ] as const)('in %s by the %s equals a count over all tickets', async (time_zone, every, from, size, count) => {
    const to = addDays(from, size * count - 1);
    const { buckets, not_counted } = await team.viewer.client.get_flow({ ...place(), from, to, every, time_zone });
    expect(not_counted).toEqual([]);
    const steps = lives.flatMap((life) => life.steps);
    expect(buckets).toHaveLength(count);
    for (const [n, bucket] of buckets.entries()) {
      const start = startOf(addDays(from, n * size), time_zone);
      const end = startOf(addDays(from, (n + 1) * size), time_zone);
      expect([Date.parse(bucket.from), Date.parse(bucket.before)]).toEqual([start, end]);
      const within = steps.filter(({ at }) => at >= start && at < end);
      expect(bucket.created).toBe(lives.filter(({ created }) => created >= start && created < end).length);
      expect(bucket.completed).toBe(within.filter((s) => done.includes(s.to) && !done.includes(s.from)).length);
      expect(bucket.reopened).toBe(within.filter((s) => !done.includes(s.to) && done.includes(s.from)).length);
      const statuses = lives.flatMap((life) => statusAt(life, end) ?? []);
      const counts = Object.entries(Object.groupBy(statuses, (status) => status));
      expect(Object.fromEntries(bucket.at_end.map(({ status, tickets }) => [status, tickets]))).toEqual(
        Object.fromEntries(counts.map(([status, all]) => [status, all?.length])),
      );
    }
  });

  test('by the month begins on the same day of each month, or on its last day', async () => {
    const query = { ...place(), from: '2026-01-31', to: '2026-04-30', every: 'month' } as const;
    const { buckets } = await team.viewer.client.get_flow(query);
    expect(buckets.map(({ from }) => from.slice(0, 10))).toEqual([
      '2026-01-31',
      '2026-02-28',
      '2026-03-31',
      '2026-04-30',
    ]);
  });

  test('is refused for too long periods, unknown time zones, and days in the wrong order', async () => {
    const fault = async (query: Record<string, string>) => {
      const { status, body } = await team.viewer.client.raw.get_flow({
        ...place(),
        from: '2026-01-01',
        to: '2026-01-02',
        ...query,
      });
      return [status, (body as { errors?: { parameter?: string }[] }).errors?.[0]?.parameter];
    };
    expect(await fault({ to: '2026-06-30' })).toEqual([422, 'to']);
    expect(await fault({ to: '9999-12-31', every: 'month' })).toEqual([422, 'to']);
    expect(await fault({ to: '2025-12-31' })).toEqual([422, 'to']);
    // Names that PostgreSQL treats as abbreviations are refused, and so are unknown ones.
    for (const time_zone of ['Mars/Olympus', 'CET', 'IST', 'AET', 'US/Pacific-New', '+02:00']) {
      expect(await fault({ time_zone })).toEqual([422, 'time_zone']);
    }
    expect(await fault({ from: '0001-01-01' })).toEqual([422, 'from']);
    expect(await fault({ from: '9999-12-25', to: '9999-12-31' })).toEqual([422, 'from']);
    expect(await fault({ from: '2999-01-01', to: '2999-01-07' })).toEqual([200, undefined]);
    expect(await fault({ from: '2026-02-30' })).toEqual([422, 'from']);
    const stranger = await team.stranger.client.raw.get_flow({ ...place(), from: '2026-01-01', to: '2026-01-02' });
    expect(stranger.status).toBe(404);
  });
});

/** The tickets that were completed in a period and not reopened in it, with the times that a walk through each finds. */
function completedIn(start: number, end: number) {
  return lives.flatMap((life) => {
    const turns = life.steps.filter(
      ({ from, to, at }) => at >= start && at < end && done.includes(from) !== done.includes(to),
    );
    const last = turns.at(-1);
    if (last === undefined || !done.includes(last.to)) return [];
    const entered = [{ to: 'open', at: life.created }, ...life.steps.filter(({ at }) => at <= last.at)];
    const stays = entered.slice(0, -1).map(({ to, at }, n) => ({ status: to, ms: (entered[n + 1]?.at ?? 0) - at }));
    const begun = entered.find(({ to }) => to === 'in_progress')?.at;
    return [{ lead: last.at - life.created, cycle: begun === undefined ? undefined : last.at - begun, stays }];
  });
}

test('the times of a project equal those that a walk through every ticket finds', async () => {
  const period = { from: '2026-10-01', to: '2026-10-31', time_zone: 'Europe/Berlin' };
  const found = completedIn(startOf('2026-10-01', period.time_zone), startOf('2026-11-01', period.time_zone));
  expect(found.length).toBeGreaterThan(30);
  const times = await team.viewer.client.get_times({ ...place(), ...period });
  expect(times.lead_time).toEqual(durations(found.map(({ lead }) => lead)));
  expect(times.cycle_time).toEqual(durations(found.flatMap(({ cycle }) => cycle ?? [])));
  const per_ticket = found.flatMap(({ stays }) =>
    Object.entries(Object.groupBy(stays, ({ status }) => status)).map(([status, all = []]) => ({
      status,
      ms: all.reduce((sum, { ms }) => sum + ms, 0),
    })),
  );
  const statuses = Object.entries(Object.groupBy(per_ticket, ({ status }) => status)).map(([status, all = []]) => ({
    status,
    category: status === 'open' ? 'todo' : status === 'in_progress' ? 'in_progress' : 'done',
    ...durations(all.map(({ ms }) => ms)),
    total_s: near(all.reduce((sum, { ms }) => sum + ms, 0) / 1000),
  }));
  expect(times.statuses).toEqual(statuses.toSorted((a, b) => (a.status < b.status ? -1 : 1)));
  const none = await team.viewer.client.get_times({ ...place(), from: '2020-01-01', to: '2020-01-31' });
  expect(none).toMatchObject({
    from: '2020-01-01',
    time_zone: 'UTC',
    lead_time: durations([]),
    cycle_time: durations([]),
    statuses: [],
  });
});

test('the ages of open tickets are those at the current time', async () => {
  const { complete, statuses, oldest } = await team.viewer.client.get_ageing(place());
  const now = Date.now();
  const open = lives.filter((life) => !done.includes(statusAt(life, now) ?? ''));
  expect(complete).toBe(true);
  expect(statuses.map(({ status, age }) => [status, age.count])).toEqual(
    ['in_progress', 'open'].map((status) => [status, open.filter((life) => statusAt(life, now) === status).length]),
  );
  const in_open = open.filter((life) => statusAt(life, now) === 'open');
  const median =
    percentile(
      in_open.map(({ created }) => (now - created) / 1000),
      0.5,
    ) ?? 0;
  expect(Math.abs((statuses[1]?.age.p50_s ?? 0) - median)).toBeLessThan(60);
  const longest = open.toSorted((a, b) => (a.steps.at(-1)?.at ?? a.created) - (b.steps.at(-1)?.at ?? b.created));
  expect(oldest.map(({ id }) => id)).toEqual(longest.slice(0, 20).map(({ id }) => id));
});

test('a request reads no more transitions than its bound, including those of deleted tickets', async () => {
  const { workspace_id, project_id, member, viewer } = team;
  const life = { id: crypto.randomUUID(), deleted: true, created: Date.parse('2019-01-01T00:00:00Z'), steps: [] };
  await insert(9_000, life, 'open');
  await server.database.owner.query(
    `insert into status_history (workspace_id, ticket_id, sequence, id, project_id, workflow_version, from_status, to_status, actor_id,
       created_at)
     select $1, $2, n, gen_random_uuid(), $3, 1, 'open', 'in_progress', $4, $5::timestamptz + n * interval '1 s'
     from generate_series(1, 50001) n`,
    [workspace_id, life.id, project_id, member.user.id, new Date(life.created)],
  );
  const period = { ...place(), from: '2019-01-01', to: '2019-01-31' };
  expect((await viewer.client.raw.get_times(period)).status).toBe(422);
  expect((await viewer.client.raw.get_flow(period)).status).toBe(422);
});

test('control: a time that counts from the wrong end is noticed', async () => {
  const patch = (text: string) => text.replace('min(s.since)', 'max(s.since)');
  const broken = await startServer({}, { patch, database: server.database });
  try {
    const period = { from: '2026-10-01', to: '2026-10-31', time_zone: 'UTC' };
    const url = `${broken.url}/v1/workspaces/${team.workspace_id}/projects/${team.project_id}/analytics/times`;
    const response = await fetch(`${url}?${new URLSearchParams(period).toString()}`, {
      headers: { authorization: `Bearer ${team.viewer.access_token}` },
    });
    const { cycle_time } = (await response.json()) as { cycle_time: unknown };
    const right = await team.viewer.client.get_times({ ...place(), ...period });
    expect(cycle_time).not.toEqual(right.cycle_time);
  } finally {
    await broken.stop();
  }
});
