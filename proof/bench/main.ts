import { execFileSync } from 'node:child_process';
import { parseArgs } from 'node:util';
import { type Bed, makeBed } from './bed.ts';
import { peakResident_mb } from './cpu.ts';
import { measureEvents } from './events.ts';
import { measureLarge } from './large.ts';
import { load, middle, type Sample } from './load.ts';
import { measurePages } from './pages.ts';
import { makePeer } from './postgraphile.ts';
import { barsOf, holds, keep, machineName, page, type Results, type ScenarioResult } from './report.ts';
import { measureScale } from './scale.ts';
import { makeScenarios, type Scenario } from './scenarios.ts';
import { startTargets, type Target } from './targets.ts';
import { countRoundTrips } from './trips.ts';
import { inOwnFolder } from '../harness/take-down.ts';
import { measureUpdates } from './updates.ts';

const usage = `Usage: npm run bench [-- options]

  --seconds N   length of a round; 5 by default
  --rounds N    rounds of each server and load, in turn; the median counts; 3 by default
  --only NAME   one load: list, read, create, transition, login
  --small       a trial with a hundredth of the tickets, and page 100 as the deep one
  --dry         does not write docs/bench.*`;

const connections = 10;
/** All connections belong to one account, whose lists may use a sixteenth of Baton's pool at a time. */
const pool_size = connections * 16;
const say = (text: string) => console.error(text);

interface Options {
  seconds: number;
  rounds: number;
}

async function measure(targets: readonly Target[], scenario: Scenario, bed: Bed, { seconds, rounds }: Options) {
  const samples: Record<Target['name'], Sample[]> = { floor: [], baton: [], baseline: [], postgraphile: [] };
  const { postmaster } = bed;
  const loads = targets.flatMap((target) => {
    const own = target.scenarios === undefined ? scenario : target.scenarios.find(({ name }) => name === scenario.name);
    return own === undefined ? [] : [{ target, own }];
  });
  for (const { target, own } of loads) await load(target, own, { connections, seconds: 2, postmaster }); // warms up
  for (let round = 0; round < rounds; round++) {
    say(`${scenario.name}: round ${round + 1} of ${rounds} …`);
    for (const { target, own } of loads) {
      const sample = await load(target, own, { connections, seconds, postmaster });
      samples[target.name].push(sample);
    }
  }
  const { floor, baton, baseline, postgraphile } = samples;
  return {
    floor: middle(floor),
    baton: middle(baton),
    baseline: middle(baseline),
    ...(postgraphile.length === 0 ? {} : { postgraphile: middle(postgraphile) }),
  };
}

async function measureScenarios(targets: Target[], bed: Bed, only: string | undefined, options: Options) {
  const [, place] = bed.places;
  if (place === undefined) throw new Error('There is no place to load.');
  say('Counting round trips …');
  const trips = await countRoundTrips(bed);
  const scenarios: ScenarioResult[] = [];
  for (const scenario of await makeScenarios(bed.owner, place, { person: bed.person, connections })) {
    const { name, says } = scenario;
    if (only !== undefined && !name.startsWith(only)) continue;
    const samples = await measure(targets, scenario, bed, options);
    scenarios.push({ name, says, samples, trips: trips[name] as ScenarioResult['trips'] });
  }
  return scenarios;
}

/** Runs everything with the same processes from the first request to the last. */
async function runAll(bed: Bed, only: string | undefined, options: Options & { part: number }): Promise<Results> {
  const { part, ...load_options } = options;
  const { database_url, person } = bed;
  say('PostGraphile’s tickets …');
  const peer = await makePeer({ tickets: bed.places[1]?.tickets ?? 0, connections });
  const targets: Target[] = [];
  const stop = () => Promise.all(targets.map((target) => target.stop()));
  try {
    targets.push(...(await startTargets({ database_url, pool_size, person, peer })));
    const baton = targets.find(({ name }) => name === 'baton') as Target;
    const scenarios = await measureScenarios(targets, bed, only, load_options);
    say('Sizes and depths …');
    const scale = await measureScale(baton, bed.places, 10_000 / part);
    say('Bytes of an update …');
    const updates = await measureUpdates(bed.owner, bed.leavers);
    say('The worst pages …');
    const pages = await measurePages(baton, bed);
    const large = await measureLarge(baton, bed, say);
    const resident = targets.map(({ name, pid }) => [name, peakResident_mb(pid)] as const);
    const resident_mb = Object.fromEntries(resident) as Results['resident_mb'];
    const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim();
    const on = new Date().toISOString().slice(0, 10);
    const made = { commit, on, machine: machineName(), connections, ...load_options };
    await stop();
    const backlogs = { backlog: 100_000 / part, long_backlog: 1_000_000 / part };
    const events = await measureEvents(bed, { connections, pool_size, ...load_options, ...backlogs }, say);
    return { ...made, scenarios, resident_mb, scale, updates, pages, large, events };
  } finally {
    await stop();
    await peer.drop();
  }
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      seconds: { type: 'string', default: '5' },
      rounds: { type: 'string', default: '3' },
      only: { type: 'string' },
      small: { type: 'boolean', default: false },
      dry: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(usage);
    return;
  }
  const part = values.small ? 100 : 1;
  const bed = await makeBed(
    [10_000, 100_000, 1_000_000].map((size) => size / part),
    say,
  );
  try {
    const options = { seconds: Number(values.seconds), rounds: Number(values.rounds), part };
    const results = await runAll(bed, values.only, options);
    console.log(page(results));
    if (!values.dry) keep(results);
    const missed = barsOf(results).filter((bar) => !holds(bar));
    console.log(missed.length === 0 ? 'Every bar is reached.' : `${missed.length} bars are missed.`);
  } finally {
    await bed.clear();
  }
}

await inOwnFolder(main);
