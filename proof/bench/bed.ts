import { readFileSync } from 'node:fs';
import path from 'node:path';
import type pg from 'pg';
import { startCluster } from '../harness/cluster.ts';
import { createDatabase } from '../harness/database.ts';
import { type Person, registerPerson } from '../harness/people.ts';
import { startServing } from '../harness/served.ts';
import { type Place, seedPlace } from './seed.ts';
import { baton_environment } from './targets.ts';

/** The setting of a run: a database that waits for the disk, as in production, and its tickets. */
export interface Bed {
  database_url: string;
  owner: pg.Pool;
  /** The pid whose children do the database's work. */
  postmaster: number;
  person: Person;
  /** One place for each requested number of tickets, in that order. */
  places: Place[];
  /** A member who has every ticket of a separate place as large as the second. */
  leaver: Person;
  leavers: Place;
  clear: () => Promise<void>;
}

async function postmasterOf(owner: pg.Pool): Promise<number> {
  const { rows } = await owner.query<{ setting: string }>(
    `select setting from pg_settings where name = 'data_directory'`,
  );
  try {
    return Number(readFileSync(path.join(rows[0]?.setting ?? '', 'postmaster.pid'), 'utf8').split('\n')[0]);
  } catch {
    return 0; // the directory is on another machine, or belongs to another user
  }
}

/** Creates a fresh cluster with one workspace for each size. */
export async function makeBed(sizes: readonly number[], log: (text: string) => void): Promise<Bed> {
  const stopCluster = await startCluster({ fsync: true });
  const database = await createDatabase();
  const clear = async () => {
    await database.drop();
    await stopCluster();
  };
  try {
    const served = await startServing({ database_url: database.url, env: baton_environment });
    const person = await registerPerson(served);
    const places: Place[] = [];
    for (const size of sizes) {
      log(`${size.toLocaleString('en')} tickets …`);
      places.push(await seedPlace(database.owner, person, size));
    }
    log('Another workspace, with all tickets assigned to one member …');
    const leaver = await registerPerson(served);
    const leavers = await seedPlace(database.owner, person, sizes[1] ?? 0, leaver);
    await served.stop();
    const { owner, url: database_url } = database;
    return { database_url, owner, postmaster: await postmasterOf(owner), person, places, leaver, leavers, clear };
  } catch (error) {
    await clear();
    throw error;
  }
}
