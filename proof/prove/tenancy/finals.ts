import { contracts } from '../../../server/src/contracts.ts';
import { randomBytes } from 'node:crypto';
import { makeAttachment } from '../../harness/attachments.ts';
import { joinWorkspace, registerPerson } from '../../harness/people.ts';
import type { Wire } from '../../harness/wire.ts';
import { expectedOf } from './expected.ts';
import type { World } from './world.ts';

/** Creates a new target for each operation that removes something. */
const fresh: Record<string, (stage: { url: string }, world: World) => Promise<string | string[]>> = {
  delete_comment: async (_, { team, sides }) => {
    const { workspace_id, ticket } = sides.attacked;
    const body = { body: 'To be deleted' };
    return [ticket, (await team.owner.client.create_comment({ workspace_id, ticket, body })).id];
  },
  remove_reaction: async (_, { team, sides }) => {
    const { workspace_id, ticket } = sides.attacked;
    const { id } = await team.owner.client.create_comment({ workspace_id, ticket, body: { body: 'To be liked' } });
    return [ticket, id, '%F0%9F%91%8D'];
  },
  remove_attachment: async (_, { team, sides }) => {
    const { workspace_id, ticket } = sides.attacked;
    return [ticket, (await makeAttachment(team.owner, { workspace_id, ticket })).attachment_id];
  },
  delete_ticket: async (_, { team, sides }) => {
    const { workspace_id, project_id } = sides.attacked;
    return (await team.owner.client.create_ticket({ workspace_id, project_id, body: { title: 'To be deleted' } })).id;
  },
  archive_project: async (_, { team, sides }) => {
    const { workspace_id } = sides.attacked;
    const key = `A${randomBytes(4).toString('hex').toUpperCase()}`;
    return (await team.owner.client.create_project({ workspace_id, body: { key, name: 'To be archived' } })).id;
  },
  revoke_invitation: async (_, { team, sides }) => {
    const { workspace_id } = sides.attacked;
    const email = `${randomBytes(6).toString('hex')}@example.com`;
    return (await team.owner.client.create_invitation({ workspace_id, body: { email, role: 'viewer' } })).id;
  },
  revoke_token: async (_, { team, sides }) => {
    const { workspace_id } = sides.attacked;
    const body = { name: 'To be revoked', scopes: ['tickets:read' as const] };
    return (await team.owner.client.create_token({ workspace_id, body })).id;
  },
  remove_bot: async (_, { team, sides }) => {
    const { workspace_id } = sides.attacked;
    return (await team.owner.client.create_bot({ workspace_id, body: { name: 'To be removed' } })).id;
  },
  delete_view: async (_, { team, sides }) => {
    const { workspace_id } = sides.attacked;
    return (await team.owner.client.create_view({ workspace_id, body: { name: 'To be deleted', shared: true } })).id;
  },
  delete_webhook: async (_, { team, sides }) => {
    const { workspace_id } = sides.attacked;
    const { data } = await team.owner.client.list_webhooks({ workspace_id, limit: 100 });
    // The quota may be exhausted.
    const spare = data.find(({ id }) => id !== sides.attacked.webhook_id)?.id;
    const body = { url: 'https://receiver.invalid/' };
    return spare ?? (await team.owner.client.create_webhook({ workspace_id, body })).id;
  },
  remove_member: async (stage, { team, sides }) => {
    const guest = await registerPerson(stage);
    await joinWorkspace(team.owner, guest, sides.attacked.workspace_id, 'viewer');
    return guest.user.id;
  },
  // Last, because nothing exists after it.
  delete_workspace: (_, { sides }) => Promise.resolve(sides.attacked.workspace_id),
};

/** Lets each role remove what the policy lets it remove, and finally the owner the whole workspace. */
export async function takeAway(stage: { url: string }, wire: Wire, world: World): Promise<string[]> {
  const { workspace_id } = world.sides.attacked;
  const violations: string[] = [];
  for (const [id, make] of Object.entries(fresh)) {
    const operation = contracts.find((contract) => contract.id === id);
    if (operation === undefined) throw new Error(`There is no ${id}.`);
    const inner = id === 'delete_workspace' ? undefined : ('attacked' as const);
    const shot = {
      operation,
      workspace: 'attacked',
      inner,
      given: undefined,
      where: 'path',
      method: 'DELETE',
    } as const;
    for (const principal of world.principals) {
      if (expectedOf({ ...shot, path: '', body: undefined }, principal) !== 'done') continue;
      const refs = [await make(stage, world)].flat();
      const open = operation.path.replace('{workspace_id}', workspace_id);
      const filled = refs.reduce((all, ref) => all.replace(/\{\w+\}/, ref), open);
      const { status, text } = await wire.send({ method: 'DELETE', path: filled, token: principal.token });
      if (status >= 300) violations.push(`${id} by ${principal.name}: responded ${status} ${text.slice(0, 160)}`);
    }
  }
  return violations;
}

/** Operations that remove something and have no target to try them on; there must be none. */
export function untriedFinals(): string[] {
  return contracts
    .filter(({ id, method, path }) => method === 'delete' && path.includes('{workspace_id}') && !(id in fresh))
    .map(({ id }) => `${id} is not tried by anybody who may do it`);
}
