import { registerPerson } from '../../harness/people.ts';
import type { Check } from '../check.ts';
import { atOnce, type Ring, type Round, runRounds, statuses } from './rounds.ts';

async function openLane(ring: Ring): Promise<Round> {
  const { stage, wire } = ring;
  const [host, guest] = await Promise.all([registerPerson(stage), registerPerson(stage)]);
  const { id: workspace_id } = await host.client.create_workspace({ body: { name: 'Door' } });
  const path = `/v1/workspaces/${workspace_id}`;
  return async () => {
    const invitation = { email: guest.email, role: 'member' };
    const made = await wire.send({
      method: 'POST',
      path: `${path}/invitations`,
      token: host.access_token,
      body: invitation,
    });
    const { token } = JSON.parse(made.text) as { token?: string };
    if (token === undefined) {
      ring.violate(`no second invitation after the first was used: ${made.status} ${made.text}`);
      return false;
    }
    const accept = () =>
      wire.send({ method: 'POST', path: '/v1/invitations/accept', token: guest.access_token, body: { token } });
    const answers = await atOnce(ring, [accept(), accept(), accept()]);
    const seen = statuses(answers);
    if (seen !== '200, 404 not_found, 404 not_found') ring.violate(`three acceptances of one invitation: ${seen}`);
    const left = await wire.send({
      method: 'DELETE',
      path: `${path}/members/${guest.user.id}`,
      token: guest.access_token,
    });
    if (left.status !== 204) ring.violate(`the person who accepted is not a member: ${left.status} ${left.text}`);
    return left.status === 204;
  };
}

export const invitation_twice: Check = {
  id: 'invitation-twice',
  promises: ['P9', 'P11'],
  says: 'If several calls accept one invitation at the same time, one succeeds, and the others get 404.',
  run: (run, size) => runRounds(run, size, openLane),
  slice: 0.015,
  control_size: 0.1,
  controls: { 'the invitation is not locked': { replace: [['for update of i', '']] } },
};
