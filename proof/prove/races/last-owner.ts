import { joinWorkspace, registerPerson } from '../../harness/people.ts';
import { any_version } from '../../harness/wire.ts';
import type { Check } from '../check.ts';
import { atOnce, type Ring, type Round, runRounds, statuses } from './rounds.ts';

async function openLane(ring: Ring): Promise<Round> {
  const { stage, wire } = ring;
  const [a, b] = await Promise.all([registerPerson(stage), registerPerson(stage)]);
  const { id } = await a.client.create_workspace({ body: { name: 'Two owners' } });
  await joinWorkspace(a, b, id, 'owner');
  const path = (of: typeof a) => `/v1/workspaces/${id}/members/${of.user.id}`;
  const demote = (by: typeof a, whom: typeof a) =>
    wire.send({
      ...{ method: 'PATCH', path: path(whom), headers: any_version },
      ...{ token: by.access_token, body: { role: 'admin' } },
    });
  return async (n) => {
    // In every other round each demotes the other; in the rest each steps down.
    const each_other = n % 2 === 0;
    const answers = await atOnce(ring, each_other ? [demote(a, b), demote(b, a)] : [demote(a, a), demote(b, b)]);
    const won = answers.filter(({ status }) => status === 200).length;
    const fine = answers.every(({ status }) => status === 200 || status === 403 || status === 409);
    if (won !== 1 || !fine) {
      ring.violate(`of two owners removed at once: ${statuses(answers)}`);
      return false;
    }
    const first_won = answers[0]?.status === 200;
    const [left, fallen] = first_won === each_other ? [a, b] : [b, a];
    const raised = await wire.send({
      method: 'PATCH',
      path: path(fallen),
      headers: any_version,
      token: left.access_token,
      body: { role: 'owner' },
    });
    if (raised.status !== 200)
      ring.violate(`the remaining owner can't promote another: ${raised.status} ${raised.text}`);
    return raised.status === 200;
  };
}

export const last_owner: Check = {
  id: 'last-owner',
  promises: ['P11'],
  says: 'If the last two owners are removed or demoted at the same time, one of them stays: a workspace always has an owner.',
  run: (run, size) => runRounds(run, size, openLane),
  slice: 0.015,
  control_size: 0.1,
  controls: {
    'the workspace is not locked': {
      replace: [
        [' for no key update of w', ''],
        [' for no key update of m', ''],
      ],
    },
  },
};
