import { setTimeout as sleep } from 'node:timers/promises';
import { createDatabase } from '../../harness/database.ts';
import { brokenInvariants } from '../../harness/invariants.ts';
import { makeTeam } from '../../harness/make.ts';
import { childrenOf, noProcesses, signalAll, signalFamily } from '../../harness/processes.ts';
import { type Served, type ServeOptions, startServed, startServing } from '../../harness/served.ts';
import { type Check, type Finding, type Run, scaled } from '../check.ts';
import { lasting_tokens, servingOn } from '../stage.ts';
import { Followers } from './followers.ts';

const patience_ms = 20_000;

/** Stops a server and returns what is wrong with how it ended. */
async function stop({ child, ended }: Served, whole: boolean): Promise<string[]> {
  const { pid = 0 } = child;
  const children = childrenOf(pid);
  child.kill('SIGTERM');
  const code = await Promise.race([ended, sleep(patience_ms, 'late' as const, { ref: false })]);
  if (code === 'late') {
    signalFamily(pid, 'SIGKILL');
    await ended;
    return [`did not stop in ${patience_ms / 1000} s`];
  }
  const left = children.filter((one) => isThere(one));
  signalAll(left, 'SIGKILL');
  return [
    ...(left.length > 0 ? [`left ${left.length} processes behind`] : []),
    // Before it has a handler, the signal itself ends it.
    ...(code === 0 || (code === null && !whole) ? [] : [`ended with ${code}`]),
  ];
}

function isThere(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** Stops a server at a random moment of its start. */
async function stopAtStart(serving: ServeOptions, run: Run, start_ms: number): Promise<string[]> {
  const served = await startServed(serving);
  await sleep(start_ms * run.random.next());
  const faults = await stop(served, false);
  return faults.map((fault) => `told to stop at its start, it ${fault}`);
}

/** Stops a server at a random moment while it replaces a killed process. */
async function stopAtReplacement(serving: ServeOptions, run: Run): Promise<string[]> {
  const served = await startServing(serving);
  const workers = () => childrenOf(served.child.pid ?? 0);
  const victim = run.random.pick(workers());
  signalAll([victim], 'SIGKILL');
  while (workers().length < 2 || workers().includes(victim)) await sleep(5);
  await sleep(300 * run.random.next());
  const faults = await stop(served, true);
  return faults.map((fault) => `told to stop while it replaced a process, it ${fault}`);
}

async function stopEarly(run: Run, size: number): Promise<Finding> {
  const database = await createDatabase();
  const first_serving = servingOn(database, run.mutant, { WEB_CONCURRENCY: '2', ...lasting_tokens });
  const started = performance.now();
  const first = await startServing(first_serving);
  const start_ms = performance.now() - started;
  // Always on the same port, so that the followers can follow the events throughout.
  const serving = { ...first_serving, port: Number(new URL(first.url).port) };
  const followers = await Followers.start([first.url], await makeTeam(first, 'standard'));
  const violations = await stop(first, true);
  const rounds = scaled(20, size, 2);
  for (let n = 0; n < rounds; n++) {
    violations.push(...(await (n % 2 === 0 ? stopAtStart(serving, run, start_ms) : stopAtReplacement(serving, run))));
    run.progress((n + 1) / rounds);
  }
  const last = await startServing(serving);
  violations.push(...(await followers.stop()), ...(await stop(last, true)));
  const broken = await brokenInvariants(database.owner);
  violations.push(...Object.keys(broken).map((name) => `invariant ${name}`));
  await database.drop();
  return { load: { rounds, processes: 2 }, figures: { start_ms: Math.round(start_ms) }, violations };
}

export const early_stops: Check = {
  id: 'early-stops',
  promises: ['P23'],
  says: 'A server that is stopped while it starts, or while one of its processes starts, stops in time and leaves no process behind. Webhooks and notifications continue.',
  impossible: noProcesses,
  run: stopEarly,
  slice: 0, // server/test/process/stopping.test.ts does a round of it
  control_size: 0.4,
  controls: {
    'speaks to processes that do not listen yet': {
      source: [{ file: 'process/processes.ts', find: 'await Promise.allSettled(starting);', replace: '' }],
    },
  },
};
