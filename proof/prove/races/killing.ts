import { setTimeout as sleep } from 'node:timers/promises';
import { type Served, startServed } from '../../harness/served.ts';
import type { Run } from '../check.ts';
import { servingOn, type Stage } from '../stage.ts';

/** Starts a `work` process, of the mutant if the run has one, and waits until it works. */
export async function startWorker(
  { mutant }: Pick<Run, 'mutant'>,
  { database }: Pick<Stage, 'database'>,
  env: Record<string, string>,
): Promise<Served> {
  const worker = await startServed({ ...servingOn(database, mutant, env), verb: 'work' });
  while (!worker.output().includes('Ctrl-C stops it') && worker.child.exitCode === null) await sleep(20);
  return worker;
}

/**
 * Kills `work` processes at any moment until it is aborted, and returns the two that are left. It kills one only while two work.
 */
export async function killWorkers(
  run: Run,
  stage: Stage,
  env: Record<string, string>,
  over: AbortSignal,
): Promise<{ kills: number; workers: Served[] }> {
  const start = () => startWorker(run, stage, env);
  const workers = await Promise.all([start(), start()]);
  let kills = 0;
  while (!over.aborted) {
    await sleep(500 + run.random.below(3_000), undefined, { signal: over }).catch(() => undefined);
    if (over.aborted) break;
    const [victim] = workers.splice(run.random.below(workers.length), 1);
    victim?.child.kill('SIGKILL');
    kills++;
    workers.push(await start());
  }
  return { kills, workers };
}
