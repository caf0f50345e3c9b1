import { expect, test } from 'vitest';
import { brokenInvariants } from '../../../proof/harness/invariants.ts';
import { makeTeam, makeTicket, type Team } from '../../../proof/harness/make.ts';
import { type Patch, startServer } from '../../../proof/harness/server.ts';

const count = 40;
const rounds = 6;

interface Found {
  /** How many deadlocks PostgreSQL detected. */
  deadlocks: number;
  statuses: number[];
  versions: number[];
  broken: string[];
}

/** Two requests at once change the same tickets in opposite orders, several times. */
async function race(patch?: Patch): Promise<Found> {
  const env = { BATON_POOL_SIZE: '10', LOG_LEVEL: patch === undefined ? 'error' : 'silent' };
  const server = await startServer(env, patch === undefined ? {} : { patch });
  const { owner } = server.database;
  const countDeadlocks = async () => {
    await owner.query('select pg_stat_clear_snapshot()');
    const { rows } = await owner.query<{ n: number }>(
      'select deadlocks::int as n from pg_stat_database where datname = current_database()',
    );
    return rows[0]?.n ?? 0;
  };
  try {
    const team = await makeTeam(server, 'standard');
    const tickets = await makeMany(team);
    const statuses = new Set<number>();
    for (let round = 0; round < rounds; round++) {
      const send = (refs: readonly string[], label: string) => {
        const changes = refs.map((ticket) => ({ ticket, update: { labels_add: [`${label} ${round}`] } }));
        return team.member.client.raw.change_tickets({ workspace_id: team.workspace_id, body: { changes } });
      };
      const responses = await Promise.all([send(tickets, 'a'), send(tickets.toReversed(), 'b')]);
      for (const { status } of responses) statuses.add(status);
    }
    const { data } = await team.member.client.list_tickets({ workspace_id: team.workspace_id, limit: 100 });
    return {
      deadlocks: await countDeadlocks(),
      statuses: [...statuses],
      versions: [...new Set(data.map(({ version }) => version))],
      broken: Object.keys(await brokenInvariants(owner)),
    };
  } finally {
    await server.stop();
  }
}

async function makeMany(team: Team): Promise<string[]> {
  const made = await Promise.all(Array.from({ length: count }, () => makeTicket(team)));
  return made.map(({ id }) => id);
}

/** Makes the statement that locks the tickets pause at each of them. */
const slowly: Patch = (text) =>
  text.includes('order by t.id')
    ? text.replace(/\bfrom tickets t\b/, ', pg_sleep(0.005) as slept from tickets t')
    : text;
const inOrderOfRequest: Patch = (text) =>
  slowly(text).replace(
    /t\.id = any \((array\([\s\S]*?r\.number\))\)([\s\S]*?)order by t\.id/,
    (_, ids: string, rest: string) =>
      ['t.id = any (', ids, ')', rest, 'order by array_position(', ids, ', t.id)'].join(''),
  );

test('two requests that change the same tickets in opposite orders both succeed, without a deadlock', async () => {
  expect(await race(slowly)).toEqual({ deadlocks: 0, statuses: [200], versions: [1 + 2 * rounds], broken: [] });
}, 60_000);

test('control: if tickets are locked in the order of the request, there are deadlocks', async () => {
  const { deadlocks } = await race(inOrderOfRequest);
  expect(deadlocks).toBeGreaterThan(0);
}, 120_000);

test('a bulk change whose connection is killed between two tickets changes none, and a retry with its key changes all', async () => {
  const slow_updates: Patch = (text) =>
    /^\s*update tickets set/.test(text) ? `${text} and pg_sleep(0.02)::text is not null` : text;
  const server = await startServer({ LOG_LEVEL: 'silent' }, { patch: slow_updates });
  const { owner } = server.database;
  try {
    const team = await makeTeam(server, 'standard');
    const tickets = await makeMany(team);
    const versions = async () => {
      const { data } = await team.member.client.list_tickets({ workspace_id: team.workspace_id, limit: 100 });
      return [...new Set(data.map(({ version }) => version))];
    };
    const changes = tickets.map((ticket) => ({ ticket, update: { labels_add: ['x'] } }));
    const send = () =>
      team.member.client.raw.change_tickets({
        workspace_id: team.workspace_id,
        idempotency_key: 'killed-between',
        body: { changes },
      });
    const sent = send();
    let killed = 0;
    while (killed === 0) {
      const { rowCount } = await owner.query(
        `select pg_terminate_backend(pid) from pg_stat_activity
         where datname = current_database() and query like '%update tickets set%pg_sleep%' and pid <> pg_backend_pid()
           and now() - xact_start > interval '0.2 s'`,
      );
      killed = rowCount ?? 0;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    expect((await sent).status).toBe(503);
    expect(await versions()).toEqual([1]);
    expect((await send()).status).toBe(200);
    expect((await send()).status).toBe(200);
    expect(await versions()).toEqual([2]);
    expect(await brokenInvariants(owner)).toEqual({});
  } finally {
    await server.stop();
  }
}, 60_000);
