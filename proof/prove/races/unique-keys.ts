import { randomBytes } from 'node:crypto';
import { registerPerson } from '../../harness/people.ts';
import type { Check } from '../check.ts';
import { atOnce, type Ring, type Round, runRounds, statuses } from './rounds.ts';

async function openLane(ring: Ring): Promise<Round> {
  const { stage, wire } = ring;
  const owner = await registerPerson(stage);
  const { id } = await owner.client.create_workspace({ body: { name: 'Keys' } });
  return async (n) => {
    const key = `K${n.toString(36).toUpperCase()}`;
    const project = () =>
      wire.send({
        method: 'POST',
        path: `/v1/workspaces/${id}/projects`,
        token: owner.access_token,
        body: { key, name: 'P' },
      });
    const email = `${randomBytes(8).toString('hex')}@example.com`;
    const account = (spelling: string) =>
      wire.send({
        method: 'POST',
        path: '/v1/auth/register',
        body: { email: spelling, password: 'correct horse', name: 'A' },
      });
    const [projects, accounts] = await Promise.all([
      atOnce(ring, [project(), project()]),
      atOnce(ring, [account(email), account(email.toUpperCase())]),
    ]);
    for (const [what, answers] of [
      ['projects', projects],
      ['accounts', accounts],
    ] as const) {
      const made = answers.map(({ status }) => status).toSorted((x, y) => x - y);
      if (made.join() !== '201,409') ring.violate(`two ${what} of one key at once: ${statuses(answers)}`);
    }
    return true;
  };
}

export const unique_keys: Check = {
  id: 'unique-keys',
  promises: ['P12', 'P27'],
  says: 'If two calls create projects with the same key, or accounts with the same address in any spelling, one succeeds, and the other gets 409.',
  run: (run, size) => runRounds(run, size, openLane),
  slice: 0.01,
  control_size: 0.05,
  controls: {
    'no unique key of projects': { ddl: ['alter table projects drop constraint projects_key_key'] },
    'no unique key of accounts': { ddl: ['alter table users drop constraint users_email_key'] },
  },
};
