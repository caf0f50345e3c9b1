import { type Check, type Finding, type Run, scaled } from '../check.ts';
import { setStage, type Stage } from '../stage.ts';
import { startServing } from '../../harness/served.ts';
import { Wire } from '../../harness/wire.ts';
import { waitsOfOutsiders } from './locks.ts';
import { attacksOn, Battery, type Cell } from './matrix.ts';
import { type Removal, removals } from './removals.ts';
import { changedRows, rowsOf } from './rows.ts';
import { buildWorld, type World } from './world.ts';

/** The check changes row-level security in all tables at once, which might deadlock with a worker that uses several of them. */
const without_worker = { BATON_WORKER: 'off' };

/** Enables or disables row-level security, the second wall. */
export const rowLevelSecurity = (state: 'enable' | 'disable') => `do $$ declare t regclass; begin
  for t in select polrelid from pg_policy loop
    execute format('alter table %s ${state} row level security', t);
  end loop; end $$`;

interface Sight {
  requests: number;
  /** How many breaches were seen, and the first of them. */
  seen: number;
  first: string;
}

interface Target {
  stage: Stage;
  world: World;
  wire: Wire;
  cells: Cell[];
}

/** How many requests are sent before checking whether something was seen; once it was, the rest would add nothing. */
const volley = 250;

async function look({ stage, world, wire, cells }: Target, { leaks_only, operations }: Removal): Promise<Sight> {
  const battery = new Battery(wire, world);
  const before = await rowsOf(stage.database, world);
  const isSeen = () => (leaks_only === true ? battery.seen.leaks : battery.seen.violations.length) > 0;
  for (let at = 0; at < cells.length && !isSeen(); at += volley) await battery.fire(cells.slice(at, at + volley));
  const changed = changedRows(before, await rowsOf(stage.database, world));
  const waits = operations.includes('transition_ticket') ? await waitsOfOutsiders(stage.database, wire, world) : [];
  const { requests, leaks, violations } = battery.seen;
  const all = [...violations, ...changed, ...waits];
  const seen = leaks_only === true ? leaks : all.length;
  return { requests, seen, first: all[0]?.slice(0, 160) ?? '' };
}

interface Verdict {
  by: Removal['by'] | 'nobody';
  requests: number;
  first: string;
}

/** Determines what notices that one condition is gone. */
async function judge(run: Run, stage: Stage, removal: Removal): Promise<Verdict> {
  const world = await buildWorld(stage);
  const replace = run.mutant?.other === 'removals that remove nothing' ? [] : removal.replace;
  const env = { ...without_worker, LOG_LEVEL: 'silent' };
  const broken = await startServing({ database_url: stage.database.url, env, replace });
  const wire = new Wire(broken.url, 16);
  const walled = run.mutant?.ddl === undefined;
  try {
    const cells = attacksOn(world, run.random).filter(({ shot }) => removal.operations.includes(shot.operation.id));
    const target = { stage, world, wire, cells };
    const standing = await look(target, removal);
    if (standing.seen > 0) return { ...standing, by: 'suite' };
    if (walled) await stage.database.owner.query(rowLevelSecurity('disable'));
    const fallen = await look(target, removal);
    if (walled) await stage.database.owner.query(rowLevelSecurity('enable'));
    return {
      by: fallen.seen > 0 ? 'row-level security' : 'nobody',
      requests: standing.requests + fallen.requests,
      first: fallen.first,
    };
  } finally {
    wire.close();
    await broken.stop();
  }
}

async function remove(run: Run, size: number): Promise<Finding> {
  const stage = await setStage({ mutant: run.mutant && { ddl: run.mutant.ddl ?? [] } }, without_worker);
  const chosen = removals.slice(0, scaled(removals.length, size, 2));
  const by: Record<Verdict['by'], number> = { suite: 0, 'row-level security': 0, nobody: 0 };
  const violations: string[] = [];
  let requests = 0;
  for (const [index, removal] of chosen.entries()) {
    const verdict = await judge(run, stage, removal);
    by[verdict.by]++;
    requests += verdict.requests;
    if (verdict.by !== removal.by)
      violations.push(
        `without “${removal.name}”: ${removal.by} should notice, and ${verdict.by} did: ${verdict.first}`,
      );
    run.progress((index + 1) / chosen.length);
  }
  await stage.stop();
  await stage.database.drop(); // the check violated its invariants on purpose
  return {
    load: { predicates: chosen.length, requests },
    figures: {
      seen_by_the_suite: by.suite,
      harmless_by_row_level_security: by['row-level security'],
      unseen: by.nobody,
    },
    violations,
  };
}

export const predicates: Check = {
  id: 'predicates',
  promises: ['P7', 'P8', 'P9'],
  says: 'If a condition of authorization is taken out, the suite notices it, or row-level security still refuses; in that case the suite notices it without row-level security.',
  run: remove,
  slice: 0, // server/test/locks/access.test.ts removes the first wall, and tenancy tries both
  control_size: 0.01,
  controls: {
    'no second wall': { ddl: [rowLevelSecurity('disable')] },
    'removals that remove nothing': { other: 'removals that remove nothing' },
  },
};
