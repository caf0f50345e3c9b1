import { expect, test } from 'vitest';
import { brokenInvariants } from '../../../proof/harness/invariants.ts';
import { makeTeam, makeTicket } from '../../../proof/harness/make.ts';
import { type Patch, startServer } from '../../../proof/harness/server.ts';

const rounds = 6;
const at_once = 6;

/** So many are placed right below the same ticket at once, again and again: how many ranks they have in the end, of how many. */
async function race(patch?: Patch): Promise<{ ranks: number; statuses: number[]; broken: string[] }> {
  const env = { BATON_POOL_SIZE: '20', LOG_LEVEL: patch === undefined ? 'error' : 'silent' };
  const server = await startServer(env, patch === undefined ? {} : { patch });
  try {
    const team = await makeTeam(server, 'standard');
    const { workspace_id, member } = team;
    const anchor = await makeTicket(team);
    const tickets = await Promise.all(Array.from({ length: at_once }, () => makeTicket(team)));
    const statuses = new Set<number>();
    let ranks = Infinity;
    for (let round = 0; round < rounds; round++) {
      const answers = await Promise.all(
        tickets.map(({ id: ticket }) =>
          member.client.raw.place_ticket({ workspace_id, ticket, body: { after: anchor.id } }),
        ),
      );
      for (const { status } of answers) statuses.add(status);
      const { data } = await member.client.list_tickets({ workspace_id, limit: 100 });
      ranks = Math.min(ranks, new Set(data.map(({ rank }) => rank)).size);
      await Promise.all(
        tickets.map(({ id: ticket }) => member.client.place_ticket({ workspace_id, ticket, body: { at: 'top' } })),
      );
    }
    return { ranks, statuses: [...statuses], broken: Object.keys(await brokenInvariants(server.database.owner)) };
  } finally {
    await server.stop();
  }
}

test('tickets that are placed in one gap at once all get ranks of their own', async () => {
  expect(await race()).toEqual({ ranks: at_once + 1, statuses: [200], broken: [] });
});

test('control: without the lock of the project several get the same rank', async () => {
  const { ranks } = await race((text) => text.replace('for no key update of p', 'for key share of p'));
  expect(ranks).toBeLessThan(at_once + 1);
});
