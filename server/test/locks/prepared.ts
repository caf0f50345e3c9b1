import { makeTicket, type Team } from '../../../proof/harness/make.ts';
import type { Role } from '../../src/http/contract.ts';
import type { Furnished } from './furnished.ts';

interface Stage extends Omit<Furnished, 'beside'> {
  team: Team;
}

/** Prepares an operation that was called before to succeed again: returns new ids, or another body with this name. */
export async function prepared(
  { team, ids, notifications }: Stage,
  id: string,
  role: Role,
  name: string,
): Promise<{ params?: object; body?: unknown }> {
  const { workspace_id, member } = team;
  switch (id) {
    case 'add_reaction':
    case 'update_comment': {
      const at = { workspace_id, ticket: ids['ticket'] ?? '' };
      // Only its author may change a comment, and a purged one takes no reactions.
      return {
        params: { comment_id: (await team[role].client.create_comment({ ...at, body: { body: 'Mine.' } })).id },
      };
    }
    case 'restore_ticket': {
      const { id: ticket } = await makeTicket(team);
      await member.client.delete_ticket({ workspace_id, ticket });
      return { params: { ticket } };
    }
    case 'update_view':
    case 'restore_view': {
      // Only the owner of a view and admins may change it.
      const { client } = team[role];
      const { id: view_id } = await client.create_view({ workspace_id, body: { name } });
      if (id === 'restore_view') await client.delete_view({ workspace_id, view_id });
      return { params: { view_id } };
    }
    case 'get_transition': {
      const { id: ticket } = await makeTicket(team);
      await member.client.transition_ticket({ workspace_id, ticket, body: { to: 'in_progress' } });
      return { params: { ticket } };
    }
    case 'transition_ticket':
      return { params: { ticket: (await makeTicket(team)).id } };
    case 'get_token': {
      const body = { name: 'Its own', scopes: ['tickets:read' as const] };
      return { params: { token_id: (await team[role].client.create_token({ workspace_id, body })).id } };
    }
    case 'get_notification':
    case 'update_notification':
      return { params: notifications[role] ?? {} };
    case 'read_notifications':
      return { body: { up_to: notifications[role]?.notification_id } };
    case 'create_invitation':
      return { body: { email: `${name}@example.com`, role: 'viewer' } };
    case 'create_project':
      return { body: { key: name.toUpperCase(), name } };
    default:
      return {};
  }
}
