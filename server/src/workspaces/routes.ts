import { sql } from '../db/sql.ts';
import type { Found } from '../db/walk.ts';
import { requireFound } from '../errors.ts';
import { byId, byTime } from '../http/cursor.ts';
import type { Services } from '../services.ts';
import type { Serve } from '../serving/serve.ts';
import * as bots from './bot-contract.ts';
import { botById, botsOf } from './bot-queries.ts';
import { createBot, removeBot, updateBot } from './bots.ts';
import { cleanUpAtOnce } from './cleanup.ts';
import * as contract from './contract.ts';
import { createWorkspace } from './create.ts';
import { invitationsOf, openInvitation } from './invitation-queries.ts';
import { acceptInvitation, invite, withdrawInvitation } from './invitations.ts';
import { membersFound, peopleFound } from './lookup-queries.ts';
import { memberById, membersOf, peopleOf } from './member-queries.ts';
import { changeRole, removeMember } from './members.ts';
import { type JoinedWorkspace, workspaceById, workspacesOf } from './queries.ts';
import { changeWorkspace, deleteWorkspace } from './update.ts';

/** A row of a list that can be searched. */
type MaybeFound<Row> = Row & Partial<Pick<Found<Row>, 'stopped'>>;

export function workspaceRoutes(serve: Serve, services: Services): void {
  serve.own(contract.create_workspace, (context) => createWorkspace(services, context));
  serve.list(contract.list_workspaces, ({ db, caller: { user_id } }) => ({
    filter: { user_id },
    order: { joined_at: byTime(sql`m.created_at`), id: byId(sql`m.workspace_id`) },
    rows: (part) => workspacesOf(db, user_id, part),
    show: ({ joined_at: _, ...workspace }: JoinedWorkspace) => workspace,
  }));
  serve(contract.get_workspace, async ({ db, workspace_id, actor }) => {
    const workspace = workspaceById(db, workspace_id);
    return { ...(await workspace), role: (await actor).role };
  });
  serve(contract.update_workspace, changeWorkspace);
  serve(contract.delete_workspace, deleteWorkspace);

  listRoutes(serve);
  serve(contract.get_member, ({ db, workspace_id, params }) =>
    requireFound(memberById(db, workspace_id, params.user_id)),
  );
  serve(contract.update_member, (context) => {
    context.afterCommit(() => cleanUpAtOnce(services, context.params));
    return changeRole(context, services.config);
  });
  serve(contract.remove_member, (context) => {
    context.afterCommit(() => cleanUpAtOnce(services, context.params));
    return removeMember(context);
  });

  serve(bots.create_bot, (context) => createBot(context, services.config));
  serve.list(bots.list_bots, ({ db, workspace_id }) => ({
    filter: { workspace_id },
    order: { created_at: byTime(sql`m.created_at`), id: byId(sql`m.user_id`) },
    rows: (part) => botsOf(db, workspace_id, part),
    show: ({ stopped: _, ...bot }: Found<bots.Bot>) => bot,
  }));
  serve(bots.get_bot, ({ db, workspace_id, params }) => requireFound(botById(db, workspace_id, params.bot_id)));
  serve(bots.update_bot, (context) => {
    const { workspace_id, bot_id: user_id } = context.params;
    context.afterCommit(() => cleanUpAtOnce(services, { workspace_id, user_id }));
    return updateBot(context);
  });
  serve(bots.remove_bot, (context) => {
    const { workspace_id, bot_id: user_id } = context.params;
    context.afterCommit(() => cleanUpAtOnce(services, { workspace_id, user_id }));
    return removeBot(context);
  });

  serve(contract.create_invitation, (context) => invite(context, services));
  serve.list(contract.list_invitations, ({ db, workspace_id }) => ({
    filter: { workspace_id },
    order: { created_at: byTime(sql`i.created_at`), id: byId(sql`i.id`) },
    rows: (part) => invitationsOf(db, workspace_id, part),
    show: ({ stopped: _, ...invitation }: Found<contract.Invitation>) => invitation,
  }));
  serve(contract.get_invitation, ({ db, workspace_id, params }) =>
    requireFound(openInvitation(db, workspace_id, params.invitation_id)),
  );
  serve(contract.revoke_invitation, withdrawInvitation);
  serve.own(contract.accept_invitation, (context) => acceptInvitation(services, context));
}

/** Serves the lists that can be searched. */
function listRoutes(serve: Serve): void {
  serve.list(contract.list_members, ({ db, workspace_id, query: { q } }) => ({
    filter: { workspace_id, q },
    order: { created_at: byTime(sql`m.created_at`), user_id: byId(sql`m.user_id`) },
    rows: (part): Promise<MaybeFound<contract.Member>[]> =>
      q === undefined ? membersOf(db, workspace_id, part) : membersFound(db, workspace_id, q, part),
    show: ({ stopped: _, ...member }: MaybeFound<contract.Member>) => member,
  }));
  serve.list(contract.list_people, ({ db, workspace_id, query: { ids, q } }) => ({
    filter: { workspace_id, ids, q },
    order: { created_at: byTime(sql`m.created_at`), user_id: byId(sql`m.user_id`) },
    rows: (part): Promise<MaybeFound<contract.Person>[]> =>
      q === undefined || ids !== undefined
        ? peopleOf(db, workspace_id, { ids, q }, part)
        : peopleFound(db, workspace_id, q, part),
    show: ({ stopped: _, ...person }: MaybeFound<contract.Person>) => person,
  }));
}
