import { spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type OwnCluster, startOwnCluster } from '../../harness/own-cluster.ts';
import { childrenOf, noProcesses } from '../../harness/processes.ts';
import { type Check, type Finding, type Run, scaled } from '../check.ts';
import { setStageOn } from '../stage.ts';
import { forgets_the_disk } from './kills-api.ts';
import { settle } from './ledger.ts';
import { Writers, writersFor } from './writers.ts';

const logOf = ({ data_dir }: OwnCluster) => readFileSync(path.join(data_dir, '..', 'postgres.log'), 'utf8');
const panicsOf = (cluster: OwnCluster) => logOf(cluster).match(/PANIC: /g)?.length ?? 0;

async function fail(run: Run, size: number): Promise<Finding> {
  const cluster = await startOwnCluster();
  const stage = await setStageOn(cluster, run.mutant);
  const writers_count = writersFor(16, run);
  const writers = await Writers.start([stage.url], run.random, { count: writers_count });
  const rounds = scaled(10, size);
  const violations: string[] = [];
  let unharmed = 0;
  for (let n = 0; n < rounds; n++) {
    const before = panicsOf(cluster);
    await writers.progress(2 * writers_count);
    const repair = failFlushes(cluster);
    const deadline = Date.now() + 20_000;
    while (panicsOf(cluster) === before && Date.now() < deadline) await sleep(20);
    if (panicsOf(cluster) === before) unharmed++;
    await sleep(200);
    await repair();
    await writers.progress(2 * writers_count, 60_000);
    run.progress((n + 1) / rounds);
  }
  if (unharmed > 0) violations.push(`${unharmed} of ${rounds} times PostgreSQL did not notice its disk`);
  await writers.stop();
  if (stage.child.exitCode !== null) violations.push('the server ended');
  const settled = await settle(cluster.owner, writers.writes);
  const panics = panicsOf(cluster);
  return {
    load: { rounds, writers: writers_count, writes: writers.writes.length },
    figures: { panics, ...writers.figures(), unknown: settled.unknown, of_those_done: settled.unknown_done },
    violations: [...violations, ...writers.violations, ...settled.violations, ...(await stage.strike())],
  };
}

/** Makes every tenth flush of the log fail, in every process of the cluster, until the returned function is called. */
function failFlushes(cluster: OwnCluster): () => Promise<void> {
  const pid = cluster.pid();
  const pids = [pid, ...childrenOf(pid)].flatMap((one) => ['-p', String(one)]);
  const inject = ['-e', 'trace=fdatasync', '-e', 'inject=fdatasync:error=EIO:when=10'];
  const strace = spawn('strace', ['-f', '-qq', '-o', '/dev/null', ...inject, ...pids], { stdio: 'ignore' });
  const ended = new Promise<void>((resolve) => strace.once('exit', () => resolve()));
  return () => {
    strace.kill('SIGTERM'); // it detaches from all processes
    return ended;
  };
}

function noStrace(): string | undefined {
  const no_processes = noProcesses();
  if (no_processes !== undefined) return no_processes;
  const sleeper = spawn('sleep', ['5'], { stdio: 'ignore' });
  const { error, signal } = spawnSync('strace', ['-qq', '-o', '/dev/null', '-p', String(sleeper.pid)], {
    timeout: 300,
  });
  sleeper.kill();
  // If it could attach, it stays until it is killed.
  if (signal !== null) return undefined;
  return error === undefined ? 'strace may not attach to processes here' : 'strace is not installed';
}

export const disk_errors: Check = {
  id: 'disk-errors',
  promises: ['P20', 'P21'],
  says: 'If the disk fails to flush the log (EIO), no acknowledged write is lost, and the API continues without a restart.',
  impossible: noStrace,
  run: fail,
  slice: 0, // PostgreSQL ends and recovers as in kills-database
  control_size: 0.3,
  controls: {
    'commits without waiting for the disk': forgets_the_disk,
  },
};
