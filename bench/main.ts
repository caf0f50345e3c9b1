import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import type pg from 'pg';
import { startCluster } from '../server/test/harness/cluster.ts';
import { createDatabase } from '../server/test/harness/database.ts';
import { registerPerson } from '../server/test/harness/people.ts';
import { startServing } from '../server/test/harness/served.ts';
import { load, middle, type Sample } from './load.ts';
import { makeScenarios } from './scenarios.ts';
import { seedPlace } from './seed.ts';
import { baton_environment, startTargets } from './targets.ts';

async function postmasterOf(owner: pg.Pool): Promise<number> {
  const { rows } = await owner.query<{ setting: string }>(
    `select setting from pg_settings where name = 'data_directory'`,
  );
  return Number(readFileSync(path.join(rows[0]?.setting ?? '', 'postmaster.pid'), 'utf8').split('\n')[0]);
}

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '4' },
    rounds: { type: 'string', default: '3' },
    tickets: { type: 'string', default: '100000' },
    only: { type: 'string' },
  },
});
const connections = 10;
const stopCluster = await startCluster({ fsync: true });
const database = await createDatabase();
const first = await startServing({ database_url: database.url, env: baton_environment });
const person = await registerPerson(first);
const place = await seedPlace(database.owner, person, Number(values.tickets));
await first.stop();
const targets = await startTargets({ database_url: database.url, pool_size: connections, person });
const postmaster = await postmasterOf(database.owner);
const scenarios = await makeScenarios(database.owner, place, { person: person, connections });
for (const scenario of scenarios) {
  if (values.only !== undefined && !scenario.name.startsWith(values.only)) continue;
  const samples = new Map<string, Sample[]>(targets.map(({ name }) => [name, []]));
  for (let round = 0; round < Number(values.rounds); round++)
    for (const target of targets) {
      await load(target, scenario, { connections, seconds: 1, postmaster });
      samples
        .get(target.name)
        ?.push(await load(target, scenario, { connections, seconds: Number(values.seconds), postmaster }));
    }
  for (const [name, all] of samples)
    console.log(
      scenario.name,
      name,
      JSON.stringify(middle(all), (_, v) => (typeof v === 'number' ? Math.round(v * 10) / 10 : v)),
    );
}
await Promise.all(targets.map((target) => target.stop()));
await database.drop();
await stopCluster();
