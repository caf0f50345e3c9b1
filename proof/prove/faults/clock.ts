import { setTimeout as sleep } from 'node:timers/promises';
import { createDatabase } from '../../harness/database.ts';
import { Wire } from '../../harness/wire.ts';
import { type Check, type Finding, isSlice, type Run, scaled } from '../check.ts';
import { setStageOn, type Stage } from '../stage.ts';
import { settle, type Write } from './ledger.ts';
import { Writers, writersFor } from './writers.ts';

// While a list is walked it grows, so the next walk takes longer. After this many jumps the check starts a new workspace.
const stretch = 10;
const jumps = ['-1 hour', '1 hour', '-1 second', '0', '-1 day', '1 minute'];
/** Later than any of the jumps. */
const latest = '2 hours';

/** A clock in the database, shifted by the jump in one row: every statement of the server reads it instead of now(). */
const clock_ddl = [
  'create table test_clock (jump interval not null)',
  "insert into test_clock values ('0')",
  'grant select on test_clock to public',
  `create function test_now() returns timestamptz language sql stable
   as 'select pg_catalog.now() + jump from public.test_clock'`,
];
const by_that_clock = ['\\bnow\\(\\)', 'public.test_now()'] as const;

/** Walks a list to its end while others write and the clock jumps. Returns how often each row came. */
async function walk(wire: Wire, path: string, token: string): Promise<Map<string, number>> {
  const times = new Map<string, number>();
  let cursor: string | null = null;
  for (let page = 0; page < 10_000; page++) {
    const query: string = `${path}limit=100${cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`}`;
    const answer = await wire.send({ method: 'GET', path: query, token });
    if (answer.status !== 200) throw new Error(`A walk got ${answer.status} ${answer.text}`);
    const { data, next_cursor } = JSON.parse(answer.text) as { data: { id: string }[]; next_cursor: string | null };
    for (const { id } of data) times.set(id, (times.get(id) ?? 0) + 1);
    if (next_cursor === null) return times;
    cursor = next_cursor;
  }
  throw new Error('A walk did not end.');
}

/** Checks that rows from before a walk began come once in it, and that no row comes twice. */
async function walkFaults(stage: Stage, writers: Writers, wire: Wire): Promise<string[]> {
  const { workspace_id, owner } = writers.team;
  const faults: string[] = [];
  const lists = [
    { path: `/v1/workspaces/${workspace_id}/tickets?sort=created_at&`, table: 'tickets' },
    { path: `/v1/workspaces/${workspace_id}/audit?`, table: 'audit_log' },
  ];
  for (const { path, table } of lists) {
    const { rows } = await stage.database.owner.query<{ id: string }>(
      `select id from ${table} where workspace_id = $1`,
      [workspace_id],
    );
    const times = await walk(wire, path, owner.access_token);
    const twice = [...times].filter(([, count]) => count > 1).length;
    const missed = rows.filter(({ id }) => !times.has(id)).length;
    if (twice > 0 || missed > 0) faults.push(`a walk of ${table} missed ${missed} rows and repeated ${twice}`);
  }
  return faults;
}

/** Moves the clock while writers work in their workspace. Returns the violations. */
async function jumpUnder(stage: Stage, writers: Writers, run: Run, chosen: readonly string[]): Promise<string[]> {
  const wire = new Wire(stage.url, 2);
  const violations: string[] = [];
  for (const jump of chosen) {
    await stage.database.owner.query('update test_clock set jump = $1', [jump]);
    await writers.progress(60);
    violations.push(...(await walkFaults(stage, writers, wire)));
    await sleep(10 * run.random.next());
  }
  // Otherwise everything that is due would wait for as long as the clock has gone back.
  await stage.database.owner.query('update test_clock set jump = $1', [latest]);
  await writers.stop();
  wire.close();
  return [...violations, ...writers.violations];
}

async function jump(run: Run, size: number): Promise<Finding> {
  const database = await createDatabase();
  for (const statement of clock_ddl) await database.owner.query(statement);
  const replace = [...(run.mutant?.replace ?? []), by_that_clock];
  const processes = isSlice(run) ? 1 : 2;
  const stage = await setStageOn(database, { ...run.mutant, replace }, { WEB_CONCURRENCY: String(processes) });
  const count = writersFor(16, run);
  const rounds = scaled(50, size, 2);
  const writes: Write[] = [];
  const violations: string[] = [];
  for (let begun = 0; begun < rounds; begun += stretch) {
    const writers = await Writers.start([stage.url], run.random, { count, prefix: `w${begun}` });
    const chosen = Array.from(
      { length: Math.min(stretch, rounds - begun) },
      (_, n) => jumps[(begun + n) % jumps.length],
    );
    violations.push(...(await jumpUnder(stage, writers, run, chosen as string[])));
    writes.push(...writers.writes);
    run.progress(Math.min(1, (begun + stretch) / rounds));
  }
  const settled = await settle(database.owner, writes);
  return {
    load: { jumps: rounds, furthest_s: 86_400, writers: count, writes: writes.length, walks: rounds * 2 },
    figures: {
      acknowledged: writes.filter(({ told }) => told === 'acknowledged').length,
      refused: writes.filter(({ told }) => told === 'refused').length,
      unknown: settled.unknown,
    },
    violations: [...violations, ...settled.violations, ...(await stage.strike())],
  };
}

export const clock: Check = {
  id: 'clock',
  promises: ['P2', 'P28'],
  says: 'While the database’s clock jumps back and forth, the history and its times stay in order, and paging through a list shows each row exactly once.',
  run: jump,
  slice: 0.03,
  control_size: 0.06,
  controls: {
    "takes the clock's word for the order": {
      source: [
        { file: 'db/columns.ts', find: "greatest(now(), ${last} + interval '1 microsecond')", replace: 'now()' },
      ],
    },
  },
};
