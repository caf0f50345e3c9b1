import { sql } from '../db/sql.ts';
import { keysetPage } from '../http/cursor.ts';
import type { Routes, Services } from '../http/handle.ts';
import { cleanUpAtOnce } from './cleanup.ts';
import * as contract from './contract.ts';
import { createWorkspace } from './create.ts';
import { invitationsOf } from './invitation-queries.ts';
import { acceptInvitation, invite, withdrawInvitation } from './invitations.ts';
import { membersOf, peopleOf } from './member-queries.ts';
import { changeRole, removeMember } from './members.ts';
import { workspaceById, workspacesOf } from './queries.ts';
import { changeWorkspace, deleteWorkspace } from './update.ts';

export function workspaceRoutes(routes: Routes, services: Services): void {
  routes.account(contract.create_workspace, (_, caller, { body }) => createWorkspace(services, caller, body));

  routes.readOwn(contract.list_workspaces, async (db, { query }, { user_id }) => {
    const found = await keysetPage({
      cursors: services.cursors,
      operation: 'list_workspaces',
      filter: { user_id },
      query,
      at: sql`m.created_at`,
      id: sql`m.workspace_id`,
      rows: (part) => workspacesOf(db, user_id, part),
      positionOf: (row) => ({ at: row.joined_at, id: row.id }),
    });
    return { ...found, data: found.data.map(({ joined_at: _, ...workspace }) => workspace) };
  });

  routes.read(contract.get_workspace, async (db, { workspace_id, actor }) => {
    const workspace = workspaceById(db, workspace_id);
    return { ...(await workspace), role: (await actor).role };
  });

  routes.write(contract.update_workspace, (tx, actor, { body, if_match }) =>
    changeWorkspace(tx, actor, body, if_match),
  );
  routes.write(contract.delete_workspace, (tx, actor, { if_match }) => deleteWorkspace(tx, actor, if_match));

  routes.read(contract.list_members, (db, { workspace_id }, { query }) => {
    return keysetPage({
      cursors: services.cursors,
      operation: 'list_members',
      filter: { workspace_id },
      query,
      at: sql`m.created_at`,
      id: sql`m.user_id`,
      rows: (part) => membersOf(db, workspace_id, part),
      positionOf: (row) => ({ at: row.created_at, id: row.user_id }),
    });
  });
  routes.write(
    contract.update_member,
    (tx, actor, { params, body, if_match }) => changeRole(tx, actor, params.user_id, body.role, if_match),
    ({ params }) => cleanUpAtOnce(services, params),
  );
  routes.write(
    contract.remove_member,
    (tx, actor, { params, if_match }) => removeMember(tx, actor, params.user_id, if_match),
    ({ params }) => cleanUpAtOnce(services, params),
  );
  routes.read(contract.list_people, (db, { workspace_id }, { query }) => {
    const { ids, ...rest } = query;
    return keysetPage({
      cursors: services.cursors,
      operation: 'list_people',
      filter: { workspace_id, ids },
      query: rest,
      at: sql`m.created_at`,
      id: sql`m.user_id`,
      rows: (part) => peopleOf(db, workspace_id, ids, part),
      positionOf: (row) => ({ at: row.created_at, id: row.user_id }),
    });
  });

  routes.write(contract.create_invitation, (tx, actor, { body }) => invite(tx, actor, body, services.config));
  routes.read(contract.list_invitations, (db, { workspace_id }, { query }) => {
    return keysetPage({
      cursors: services.cursors,
      operation: 'list_invitations',
      filter: { workspace_id },
      query,
      at: sql`i.created_at`,
      id: sql`i.id`,
      rows: (part) => invitationsOf(db, workspace_id, part),
      positionOf: (row) => ({ at: row.created_at, id: row.id }),
    });
  });
  routes.write(contract.revoke_invitation, (tx, actor, { params }) =>
    withdrawInvitation(tx, actor, params.invitation_id),
  );
  routes.account(contract.accept_invitation, (_, caller, { body }) => acceptInvitation(services, caller, body.token));
}
