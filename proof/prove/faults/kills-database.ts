import { setTimeout as sleep } from 'node:timers/promises';
import { startOwnCluster } from '../../harness/own-cluster.ts';
import { noProcesses } from '../../harness/processes.ts';
import { type Check, type Finding, type Run, scaled } from '../check.ts';
import { quantile, setStageOn } from '../stage.ts';
import { telling } from '../races/notifications.ts';
import { acknowledges_early, forgets_the_disk } from './kills-api.ts';
import { settle } from './ledger.ts';
import { without_keys, Writers, writersFor } from './writers.ts';

async function kill(run: Run, size: number): Promise<Finding> {
  const cluster = await startOwnCluster();
  const writers_count = writersFor(32, run);
  const stage = await setStageOn(cluster, run.mutant);
  const settles = run.mutant?.other !== without_keys;
  const writers = await Writers.start([stage.url], run.random, { count: writers_count, settles });
  const kills = scaled(60, size);
  const back_ms: number[] = [];
  for (let n = 0; n < kills; n++) {
    await sleep(100 * run.random.next());
    await cluster.kill();
    await cluster.start();
    const started = performance.now();
    await writers.progress(1);
    back_ms.push(performance.now() - started);
    await writers.progress(writers_count);
    run.progress((n + 1) / kills);
  }
  await writers.stop();
  const settled = await settle(cluster.owner, writers.writes);
  const ended = stage.child.exitCode !== null;
  const violations = [...writers.violations, ...settled.violations, ...(ended ? ['the server ended'] : [])];
  return {
    load: { kills, writers: writers_count, writes: writers.writes.length },
    figures: {
      ...writers.figures(),
      unknown: settled.unknown,
      settled_by_key: settled.unknown_settled,
      of_those_done: settled.unknown_done,
      first_write_after_ms_p50: Math.round(quantile(back_ms, 0.5)),
    },
    violations: [...violations, ...(await stage.strike())],
  };
}

export const kills_database: Check = {
  id: 'kills-database',
  promises: ['P2', 'P17', 'P20', 'P21'],
  says: 'While PostgreSQL and all its children are killed by SIGKILL under 32 writers, no acknowledged write is lost or duplicated, and no refused write is stored. The outcome of its key settles each unknown one. A client that follows the events gets each of them once and in order, watchers get one notification of each change, and the API continues without a restart.',
  impossible: noProcesses,
  run: kill,
  slice: 0.016667,
  control_size: 0.25,
  controls: {
    'commits without waiting for the disk': forgets_the_disk,
    'acknowledges before it commits': acknowledges_early,
    'of some of what happens nobody is told': {
      ddl: [telling('where p.user_id <> e.actor_id)', 'where p.user_id <> e.actor_id and e.sequence % 5 > 0)')],
      noticed_by: 'inbox: of',
    },
    'takes a connection lost in a commit for a no': {
      source: [
        { file: 'db/errors.ts', find: "new BatonError('outcome_unknown'", replace: "new BatonError('overloaded'" },
      ],
    },
    'runs again what was lost in a commit': {
      other: without_keys,
      source: [
        {
          file: 'db/transaction.ts',
          find: 'if (!isRetryable(error) ||',
          replace: "if (!(isRetryable(error) || error.code === 'outcome_unknown') ||",
        },
        { file: 'db/transaction.ts', find: 'Math.random() * 10 * 2 ** tries', replace: '1000' },
      ],
    },
  },
};
