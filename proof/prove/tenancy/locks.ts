import jwt from 'jsonwebtoken';
import type { TestDatabase } from '../../harness/database.ts';
import type { Wire } from '../../harness/wire.ts';
import { bodies } from './requests.ts';
import type { World } from './world.ts';

const patience_ms = 1500;

/** The ways to lose the permission to write, and the normal state of the membership. */
const losses = { 'who was removed': 'removed_at = now()', 'who was demoted': "role = 'viewer'" };
const as_before = "removed_at = null, role = 'member'";

/**
 * Finds callers who may not write and yet wait for a locked ticket: they could lock it themselves, or infer from the wait that it
 * exists. Among them are members who lost the permission a moment ago; the server confirms all others before the lock.
 */
export async function waitsOfOutsiders({ owner }: TestDatabase, wire: Wire, world: World): Promise<string[]> {
  const { workspace_id, ticket } = world.sides.attacked;
  const path = `/v1/workspaces/${workspace_id}/tickets/${ticket}`;
  const holder = await owner.connect();
  await holder.query('begin');
  await holder.query('select 1 from tickets where workspace_id = $1 and id = $2 for update', [workspace_id, ticket]);
  const ask = async (name: string, token: string | undefined) => {
    const body = bodies['transition_ticket'];
    const request = { method: 'POST', path: `${path}/transitions`, token, body, abort_after_ms: patience_ms };
    return wire.send(request).then(
      () => [],
      () => [`${name} waits for a ticket that they may not change`],
    );
  };
  const may = new Set(['owner', 'admin', 'member']);
  const outsiders = world.principals.filter(({ roles }) => !may.has(roles.attacked ?? ''));
  const found = (await Promise.all(outsiders.map(({ name, token }) => ask(name, token)))).flat();
  const token = world.principals.find(({ name }) => name === 'member')?.token ?? '';
  const { sub } = jwt.decode(token) as { sub: string };
  const turn = (what: string) =>
    owner.query(`update memberships set ${what} where workspace_id = $1 and user_id = $2`, [workspace_id, sub]);
  for (const [name, loss] of Object.entries(losses)) {
    await wire.send({ method: 'GET', path, token });
    await turn(loss);
    found.push(...(await ask(`a member ${name}`, token)));
    await turn(as_before);
  }
  await holder.query('rollback');
  holder.release();
  return found;
}
