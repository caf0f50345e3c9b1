import { registerPerson } from '../../harness/people.ts';
import type { Check } from '../check.ts';
import { newId } from '../../../server/src/lib/ids.ts';
import { atOnce, type Ring, type Round, runRounds, statuses } from './rounds.ts';

async function openLane(ring: Ring): Promise<Round> {
  const { stage, wire } = ring;
  const owner = await registerPerson(stage);
  const { id: workspace_id } = await owner.client.create_workspace({ body: { name: 'Numbers' } });
  const project = await owner.client.create_project({ workspace_id, body: { key: 'NUM', name: 'Numbers' } });
  const path = `/v1/workspaces/${workspace_id}/projects/${project.id}/tickets`;
  const create = (fields: object, headers: Record<string, string> = {}) =>
    wire.send({ method: 'POST', path, token: owner.access_token, body: { title: 'T', ...fields }, headers });
  let last = 0;
  return async () => {
    // A number is taken with the last statements, or with the first if there is a key or a place. One of the five takes a
    // number and is then refused: the number must be returned.
    const answers = await atOnce(ring, [
      create({}),
      create({}, { 'Idempotency-Key': newId() }),
      create({ assignee_id: newId(), place: { at: 'bottom' } }),
      create({}),
      create({ place: { at: 'bottom' } }),
    ]);
    const numbers = answers
      .filter(({ status }) => status === 201)
      .map(({ text }) => (JSON.parse(text) as { number: number }).number)
      .toSorted((x, y) => x - y);
    const expected = [1, 2, 3, 4].map((n) => last + n);
    if (numbers.join() !== expected.join()) {
      ring.violate(`after ${last} came ${numbers.join(' ')}: ${statuses(answers)}`);
      return false;
    }
    last += 4;
    return true;
  };
}

const next = (p: string) =>
  `(select coalesce(max(t.number), 0)::integer + 1 from tickets t where t.workspace_id = ${p}.workspace_id and t.project_id = ${p}.id)`;

export const ticket_numbers: Check = {
  id: 'ticket-numbers',
  promises: ['P2', 'P6'],
  says: 'Tickets created at the same time get consecutive numbers without duplicates or gaps, even if some creations in between are refused.',
  run: (run, size) => runRounds(run, size, openLane),
  slice: 0.01,
  control_size: 0.05,
  controls: {
    'numbers by max() + 1': {
      replace: [
        [
          'update projects set last_number = last_number \\+ 1\\s+(where[\\s\\S]*)returning (key), last_number as number,([\\s\\S]*)$',
          `select $2, ${next('projects')} as number,$3 from projects $1`,
        ],
        [
          'update projects p set last_number = (case[\\s\\S]*then) p.last_number \\+ 1 end\\s+(where[\\s\\S]*)returning last_number as number',
          `select $1 ${next('p')} end as number from projects p $2`,
        ],
        ['p\\.last_number, \\$', `${next('p')}, $`],
      ],
    },
  },
};
