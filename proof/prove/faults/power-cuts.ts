import { setTimeout as sleep } from 'node:timers/promises';
import { isAlive } from '../../../server/src/db/embedded/postmaster.ts';
import { CutDisk, cuttable, type FileSystem } from '../../harness/cut-disk.ts';
import { startOwnCluster } from '../../harness/own-cluster.ts';
import { signalFamily } from '../../harness/processes.ts';
import { type Check, type Finding, type Run, scaled } from '../check.ts';
import { setStageOn } from '../stage.ts';
import { forgets_the_disk } from './kills-api.ts';
import { settle, type Write } from './ledger.ts';
import { Writers, writersFor } from './writers.ts';

interface Seen {
  writes: Write[];
  unknown_done: number;
  violations: string[];
}

/** Restores the power. A killed process of PostgreSQL keeps its files open, and so the file system busy, for a moment longer. */
async function putBack(disk: CutDisk): Promise<void> {
  const until = performance.now() + 10_000;
  for (;;) {
    try {
      return disk.back();
    } catch (error) {
      if (performance.now() > until) throw error;
    }
    await sleep(50);
  }
}

/** Cuts the power under a cluster on one file system repeatedly, while a server writes to it. */
async function cutUnder(file_system: FileSystem, cuts: number, run: Run): Promise<Seen> {
  const disk = new CutDisk(file_system);
  try {
    const cluster = await startOwnCluster(disk.dir);
    const stage = await setStageOn(cluster, run.mutant);
    const count = writersFor(32, run);
    const writers = await Writers.start([stage.url], run.random, { count, prefix: file_system });
    await writers.progress(count);
    disk.flush();
    for (let n = 0; n < cuts; n++) {
      await writers.progress(count);
      await sleep(200 * run.random.next());
      const postmaster = cluster.pid();
      disk.cut();
      signalFamily(postmaster, 'SIGKILL');
      while (isAlive(postmaster)) await sleep(2);
      await putBack(disk);
      await cluster.start();
      await writers.progress(1);
    }
    await writers.stop();
    const settled = await settle(cluster.owner, writers.writes);
    // Reads every page, and compares every index with its table.
    await cluster.owner.query('create extension if not exists amcheck');
    const { rows } = await cluster.owner.query<{ name: string; damage: string }>(
      `select relname as name, msg as damage from pg_class, lateral verify_heapam(oid) where relkind = 'r'`,
    );
    await cluster.owner.query(
      `select bt_index_parent_check(indexrelid, true) from pg_index join pg_class on pg_class.oid = indexrelid
       join pg_am on pg_am.oid = relam where amname = 'btree' and relpersistence = 'p'`,
    );
    return {
      writes: writers.writes,
      unknown_done: settled.unknown_done,
      violations: [
        ...writers.violations,
        ...settled.violations,
        ...rows.map(({ name, damage }) => `${name} is damaged: ${damage}`),
        ...(await stage.strike()),
      ].map((violation) => `${file_system}: ${violation}`),
    };
  } finally {
    disk.close();
  }
}

async function cutPower(run: Run, size: number): Promise<Finding> {
  const { can } = cuttable();
  const cuts = scaled(20, size, 2);
  const all: Seen[] = [];
  for (const [n, file_system] of can.entries()) {
    all.push(await cutUnder(file_system, cuts, run));
    run.progress((n + 1) / can.length);
  }
  const writes = all.flatMap((seen) => seen.writes);
  const told = (what: Write['told']) => writes.filter((write) => write.told === what).length;
  return {
    load: { cuts: cuts * can.length, writers: writersFor(32, run), writes: writes.length },
    figures: {
      file_systems: can.join(', '),
      acknowledged: told('acknowledged'),
      unknown: told('unknown'),
      of_those_done: all.reduce((sum, { unknown_done }) => sum + unknown_done, 0),
    },
    violations: all.flatMap(({ violations }) => violations),
  };
}

export const power_cuts: Check = {
  id: 'power-cuts',
  promises: ['P2', 'P20'],
  says: 'If the power fails while PostgreSQL writes (the shutdown of ext4 and XFS), no acknowledged write is lost or duplicated, no refused write is stored, no page is damaged, and the API continues without a restart.',
  impossible: () => {
    const { can, why_not } = cuttable();
    return can.length > 0 ? undefined : why_not;
  },
  run: cutPower,
  slice: 0, // kills-database takes the same steps, and needs no root
  control_size: 0.2,
  controls: { 'commits without waiting for the disk': forgets_the_disk },
};
