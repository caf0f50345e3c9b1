import { expect, test } from 'vitest';
import { brokenInvariants } from '../../../proof/harness/invariants.ts';
import { makeTeam, makeTicket } from '../../../proof/harness/make.ts';
import { type Patch, startServer } from '../../../proof/harness/server.ts';

const rounds = 6;
const at_once = 6;

/** A rank without the ticket's number at its end, which makes every rank unique. */
const placeIn = (rank: string) => rank.slice(0, -7);

/**
 * Repeatedly places several tickets right below the same one at once. Returns the smallest number of different places
 * that they all had.
 */
async function race(patch?: Patch): Promise<{ places: number; statuses: number[]; broken: string[] }> {
  const env = { BATON_POOL_SIZE: '20', LOG_LEVEL: patch === undefined ? 'error' : 'silent' };
  const server = await startServer(env, patch === undefined ? {} : { patch });
  try {
    const team = await makeTeam(server, 'standard');
    const { workspace_id, member } = team;
    const anchor = await makeTicket(team);
    const tickets = await Promise.all(Array.from({ length: at_once }, () => makeTicket(team)));
    const statuses = new Set<number>();
    let places = Infinity;
    for (let round = 0; round < rounds; round++) {
      const answers = await Promise.all(
        tickets.map(({ id: ticket }) =>
          member.client.raw.place_ticket({ workspace_id, ticket, body: { after: anchor.id } }),
        ),
      );
      for (const { status } of answers) statuses.add(status);
      const { data } = await member.client.list_tickets({ workspace_id, limit: 100 });
      places = Math.min(places, new Set(data.map(({ rank }) => placeIn(rank))).size);
      await Promise.all(
        tickets.map(({ id: ticket }) => member.client.place_ticket({ workspace_id, ticket, body: { at: 'top' } })),
      );
    }
    return { places, statuses: [...statuses], broken: Object.keys(await brokenInvariants(server.database.owner)) };
  } finally {
    await server.stop();
  }
}

test('tickets that are placed in one gap at once all get different places', async () => {
  expect(await race()).toEqual({ places: at_once + 1, statuses: [200], broken: [] });
});

test('control: without the lock of the project, several get the same place', async () => {
  const { places } = await race((text) => text.replace('for no key update of p', 'for key share of p'));
  expect(places).toBeLessThan(at_once + 1);
});
