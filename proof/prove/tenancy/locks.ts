import type { TestDatabase } from '../../harness/database.ts';
import type { Wire } from '../../harness/wire.ts';
import { bodies } from './requests.ts';
import type { World } from './world.ts';

const patience_ms = 1500;

/** Who may not write, yet waits for a ticket that somebody holds: they could hold it themselves, and tell it is there. */
export async function waitsOfOutsiders({ owner }: TestDatabase, wire: Wire, world: World): Promise<string[]> {
  const { workspace_id, ticket } = world.sides.attacked;
  const holder = await owner.connect();
  await holder.query('begin');
  await holder.query('select 1 from tickets where workspace_id = $1 and id = $2 for update', [workspace_id, ticket]);
  const may = new Set(['owner', 'admin', 'member']);
  const asking = world.principals
    .filter(({ roles }) => !may.has(roles.attacked ?? ''))
    .map(async ({ name, token }) => {
      const path = `/v1/workspaces/${workspace_id}/tickets/${ticket}/transitions`;
      const body = bodies['transition_ticket'];
      const answer = wire.send({ method: 'POST', path, token, body, abort_after_ms: patience_ms });
      return answer.then(
        () => undefined,
        () => `${name} waits for a ticket that they may not change`,
      );
    });
  const found = await Promise.all(asking);
  await holder.query('rollback');
  holder.release();
  return found.filter((text) => text !== undefined);
}
