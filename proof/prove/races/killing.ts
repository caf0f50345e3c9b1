import { setTimeout as sleep } from 'node:timers/promises';
import { type Served, startServed } from '../../harness/served.ts';
import type { Run } from '../check.ts';
import { servingOn, type Stage } from '../stage.ts';

/** Kills processes of `work`, wherever they are, until told to stop; gives two that go on. One is killed when both work. */
export async function killWorkers(
  run: Run,
  stage: Stage,
  env: Record<string, string>,
  over: AbortSignal,
): Promise<{ kills: number; workers: Served[] }> {
  const start = async () => {
    const worker = await startServed({ ...servingOn(stage.database, run.mutant, env), verb: 'work' });
    while (!worker.output().includes('Ctrl-C stops it') && worker.child.exitCode === null) await sleep(20);
    return worker;
  };
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
