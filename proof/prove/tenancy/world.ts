import { randomUUID } from 'node:crypto';
import { type Role, token_scope, type TokenScope } from '../../../server/src/http/contract.ts';
import type { TestDatabase } from '../../harness/database.ts';
import { joinWorkspace, type Person, registerPerson } from '../../harness/people.ts';
import { makeAttachment } from '../../harness/attachments.ts';
import { makeNotification, makeWebhook, nowhere } from '../../harness/make.ts';
import { stopWebhook } from '../../harness/stops.ts';
import { newApiToken } from '../../../server/src/tokens/token.ts';
import { tablesOf } from '../../harness/tables.ts';
import { forgedTokens } from './tokens.ts';

/**
 * Whose an id is: the attacked workspace's, the attackers' own (`other`), nobody's (`absent`), or a deleted workspace's (`gone`).
 */
export type Side = 'attacked' | 'other' | 'absent' | 'gone';

/** Every text of the attacked workspace contains the first, every text of the other one the second. */
export const canaries = { attacked: 'canary-of-the-attacked', other: 'canary-of-the-others' } as const;

/** Every list except that of an idempotency key, which nobody else knows. */
type CursorList = Exclude<keyof Person['client']['pages'], 'list_outcomes'>;

/** An id of one side for each position in the contract. */
export interface Ids {
  workspace_id: string;
  project_id: string;
  ticket: string;
  /** The key of the same ticket. */
  key: string;
  user_id: string;
  comment_id: string;
  attachment_id: string;
  invitation_id: string;
  session_id: string;
  /** A transition's number in the history of its ticket. */
  sequence: string;
  token_id: string;
  bot_id: string;
  view_id: string;
  webhook_id: string;
  delivery_id: string;
  notification_id: string;
  /** The token of an invitation. */
  token: string;
  /** The cursor of a second page, by operation. */
  cursors: Record<string, string>;
}

/** A person or program that sends requests. */
export interface Principal {
  name: string;
  token: string | undefined;
  /** Whether the credential is valid. */
  valid: boolean;
  roles: Partial<Record<Side, Role>>;
  /** For an API token: the side of its workspace, and its scopes. */
  token_of?: { side: 'attacked' | 'other'; scopes: readonly TokenScope[] };
}

/** Two workspaces, and all principals who may and may not enter the first. */
export interface World {
  sides: Record<Exclude<Side, 'gone'>, Ids>;
  gone_id: string;
  principals: Principal[];
  team: Record<Role, Person>;
  attacker: Person;
  /** Ids that no outsider's response may contain unless the request did. */
  secrets: Set<string>;
  /** Tokens of invitations to `invited` that must open nothing, by reason. */
  dead_tokens: Record<string, string>;
}

async function furnish(
  { database }: { database: TestDatabase },
  host: Person,
  side: 'attacked' | 'other',
  guests: [Person, Role][],
): Promise<Ids> {
  const { client } = host;
  const text = canaries[side];
  await client.create_workspace({ body: { name: text } }); // a second one, so that the list has a second page
  const { id: workspace_id } = await client.create_workspace({ body: { name: text } });
  for (const [guest, role] of guests) await joinWorkspace(host, guest, workspace_id, role);
  const key = side === 'attacked' ? 'ENG' : 'OWN';
  const workflow = 'strict';
  const project = await client.create_project({ workspace_id, body: { key, name: text, workflow } });
  await client.create_project({ workspace_id, body: { key: `${key}2`, name: text, workflow } });
  const project_id = project.id;
  const body = { title: text, description: text, labels: [text, `${text} 2`], assignee_id: host.user.id };
  const ticket = await client.create_ticket({ workspace_id, project_id, body });
  await client.create_ticket({ workspace_id, project_id, body });
  const at = { workspace_id, ticket: ticket.id };
  await client.create_comment({ ...at, body: { body: text } });
  const { id: comment_id } = await client.create_comment({ ...at, body: { body: text } });
  for (const v of [1, 2])
    await client.update_comment({ ...at, comment_id, body: { body: `${text} ${v}`, version: v } });
  const attachments = [await makeAttachment(host, at, text), await makeAttachment(host, at, text)] as const;
  for (const emoji of ['👍', '🎉']) await client.add_reaction({ ...at, comment_id, emoji });
  await client.transition_ticket({ ...at, body: { to: 'in_progress', comment: text } });
  await client.transition_ticket({ ...at, body: { to: 'resolved', resolution: 'fixed', comment: text } });
  const invited = { email: `${text}.${randomUUID()}@example.com`, role: 'viewer' } as const;
  const invitation = await client.create_invitation({ workspace_id, body: invited });
  await client.create_invitation({ workspace_id, body: { ...invited, email: `2.${invited.email}` } });
  const { id: bot_id } = await client.create_bot({ workspace_id, body: { name: text } });
  await client.create_bot({ workspace_id, body: { name: text } });
  const named = { name: text, scopes: ['tickets:read' as const] };
  const { id: token_id } = await client.create_token({ workspace_id, body: named });
  await client.create_token({ workspace_id, body: named });
  const named_view = { workspace_id, body: { name: text, query: { label: text }, shared: true } };
  const { id: view_id } = await client.create_view(named_view);
  await client.create_view(named_view);
  const { webhook_id, delivery_id } = await makeWebhook(database, host, workspace_id, text);
  await makeWebhook(database, host, workspace_id, text);
  const idle = { url: nowhere, description: text, types: ['workspace.deleted' as const] };
  const { id: stopped } = await client.create_webhook({ workspace_id, body: idle });
  await stopWebhook(database, { workspace_id, webhook_id: stopped }); // the host is notified of this
  await client.login({ body: { email: host.email, password: host.password } });
  const sessions = await client.list_sessions({});
  const session = sessions.data.find(({ current }) => !current);
  const guest = guests.find(([, role]) => role === 'viewer')?.[0] ?? host;
  // The host is notified of two acts, on a ticket with two watchers.
  const writer = guests.find(([, role]) => role !== 'viewer')?.[0] ?? host;
  const { notification_id } = await makeNotification(database, { by: writer, of: host }, at);
  await makeNotification(database, { by: writer, of: host }, at);
  const one = { limit: 1 };
  const lists = {
    list_workspaces: client.list_workspaces(one),
    list_sessions: client.list_sessions(one),
    list_my_audit: client.list_my_audit(one),
    list_members: client.list_members({ workspace_id, ...one }),
    list_people: client.list_people({ workspace_id, ...one }),
    list_invitations: client.list_invitations({ workspace_id, ...one }),
    list_projects: client.list_projects({ workspace_id, ...one }),
    list_tickets: client.list_tickets({ workspace_id, ...one }),
    list_labels: client.list_labels({ workspace_id, ...one }),
    list_transitions: client.list_transitions({ ...at, ...one }),
    list_activity: client.list_activity({ ...at, ...one }),
    list_project_transitions: client.list_project_transitions({ workspace_id, project_id, ...one }),
    list_comments: client.list_comments({ ...at, ...one }),
    list_attachments: client.list_attachments({ ...at, ...one }),
    list_reactions: client.list_reactions({ ...at, comment_id, ...one }),
    list_comment_revisions: client.list_comment_revisions({ ...at, comment_id, ...one }),
    list_bots: client.list_bots({ workspace_id, ...one }),
    list_tokens: client.list_tokens({ workspace_id, ...one }),
    list_audit: client.list_audit({ workspace_id, ...one }),
    list_notifications: client.list_notifications({ workspace_id, ...one }),
    list_watchers: client.list_watchers({ ...at, ...one }),
    list_views: client.list_views({ workspace_id, ...one }),
    list_webhooks: client.list_webhooks({ workspace_id, ...one }),
    list_deliveries: client.list_deliveries({ workspace_id, webhook_id, ...one }),
  } satisfies Record<CursorList, Promise<{ next_cursor: string | null }>>;
  const cursors: Record<string, string> = {};
  for (const [operation, page] of Object.entries(lists)) {
    const { next_cursor } = await page;
    if (next_cursor !== null) cursors[operation] = next_cursor;
  }
  return {
    workspace_id,
    project_id,
    ticket: ticket.id,
    key: ticket.key,
    user_id: guest.user.id,
    comment_id,
    ...attachments[0],
    invitation_id: invitation.id,
    session_id: session?.id ?? '',
    sequence: '1',
    token_id,
    bot_id,
    view_id,
    webhook_id,
    delivery_id,
    notification_id,
    token: invitation.token,
    cursors,
  };
}

function nothing(): Ids {
  const id = () => randomUUID();
  return {
    workspace_id: id(),
    project_id: id(),
    ticket: id(),
    key: 'NIL-1',
    user_id: id(),
    comment_id: id(),
    attachment_id: id(),
    invitation_id: id(),
    session_id: id(),
    sequence: '1',
    token_id: id(),
    bot_id: id(),
    view_id: id(),
    webhook_id: id(),
    delivery_id: id(),
    notification_id: id(),
    token: 'bit_',
    cursors: {},
  };
}

/**
 * Disables an account and leaves its sessions and invitations as they are. The operator's command also ends those, and one
 * condition would mask the other.
 */
async function disableAlone({ owner }: TestDatabase, { user }: Person): Promise<void> {
  await owner.query('update users set disabled_at = now() where id = $1', [user.id]);
}

/** Tokens of invitations to the guest that are revoked, expired, from an inviter who was disabled, or forged. */
async function deadTokens(
  { url, database }: { url: string; database: TestDatabase },
  host: Person,
  guest: Person,
  workspace_id: string,
) {
  const body = { email: guest.email, role: 'admin' } as const;
  const invite = () => host.client.create_invitation({ workspace_id, body });
  const revoked = await invite();
  await host.client.revoke_invitation({ workspace_id, invitation_id: revoked.id });
  // In another workspace, because the next invitation to an address replaces an expired one.
  const elsewhere = await host.client.create_workspace({ body: { name: canaries.attacked } });
  const expired = await host.client.create_invitation({ workspace_id: elsewhere.id, body });
  await database.owner.query(
    `update invitations set created_at = now() - interval '2 days', expires_at = now() - interval '1 day' where id = $1`,
    [expired.id],
  );
  // Also in another workspace: the inviter's account has been disabled since.
  const inviter = await registerPerson({ url });
  const third = await inviter.client.create_workspace({ body: { name: canaries.attacked } });
  const unbacked = await inviter.client.create_invitation({ workspace_id: third.id, body });
  await disableAlone(database, inviter);
  const live = await invite();
  // The right ids with another secret.
  const made_up = live.token.slice(0, -8) + (live.token.endsWith('AAAAAAAA') ? 'BBBBBBBB' : 'AAAAAAAA');
  return { revoked: revoked.token, expired: expired.token, unbacked: unbacked.token, made_up };
}

const all_scopes = token_scope.options;

/** API tokens as principals: one for each scope, one with all scopes in each role, a bot's, and tokens that must open nothing. */
async function tokenPrincipals(
  database: TestDatabase,
  { team, attacker, guests, sides }: Pick<World, 'team' | 'attacker' | 'sides'> & { guests: Record<string, Person> },
): Promise<Principal[]> {
  const make = (person: Person, side: 'attacked' | 'other', scopes: TokenScope[], user_id?: string) =>
    person.client.create_token({
      workspace_id: sides[side].workspace_id,
      body: { name: canaries[side], scopes, ...(user_id === undefined ? {} : { user_id }) },
    });
  const by = async (name: string, person: Person, role: Role, scopes: TokenScope[], bot?: string) => {
    const side = person === attacker ? 'other' : 'attacked';
    const { token } = await make(person, side, scopes, bot);
    return { name, token, valid: true, roles: { [side]: role }, token_of: { side, scopes } } satisfies Principal;
  };
  const dead = async (name: string, token: string) => ({ name, token, valid: false, roles: {} });
  const { owner, admin, member, viewer } = team;
  const { workspace_id } = sides.attacked;
  const { former, invited_again, disabled } = guests;
  if (former === undefined || invited_again === undefined || disabled === undefined) throw new Error('No guests.');
  const bot = await owner.client.create_bot({ workspace_id, body: { name: canaries.attacked } });
  const [revoked, expired, live] = [
    await make(owner, 'attacked', all_scopes),
    await make(owner, 'attacked', all_scopes),
    await make(owner, 'attacked', all_scopes),
  ];
  await owner.client.revoke_token({ workspace_id, token_id: revoked.id });
  await database.owner.query(
    `update api_tokens set created_at = now() - interval '2 days', expires_at = now() - interval '1 day' where id = $1`,
    [expired.id],
  );
  const of_former = await make(former, 'attacked', all_scopes);
  const of_invited_again = await make(invited_again, 'attacked', all_scopes);
  const of_disabled = await make(disabled, 'attacked', all_scopes);
  for (const { user } of [former, invited_again]) await owner.client.remove_member({ workspace_id, user_id: user.id });
  await joinWorkspace(owner, invited_again, workspace_id, 'owner');
  await disableAlone(database, disabled);
  const { token: forged } = newApiToken(workspace_id, live.id);
  return [
    ...(await Promise.all(all_scopes.map((scope) => by(`owner’s token for ${scope}`, owner, 'owner', [scope])))),
    await by('admin’s token', admin, 'admin', all_scopes),
    await by('member’s token', member, 'member', all_scopes),
    await by('viewer’s token', viewer, 'viewer', all_scopes),
    await by('bot', owner, 'member', all_scopes, bot.id),
    await by('token of another workspace', attacker, 'owner', all_scopes),
    await dead('revoked API token', revoked.token),
    await dead('expired API token', expired.token),
    await dead('former member’s API token', of_former.token),
    await dead('API token of an earlier membership', of_invited_again.token),
    await dead('disabled account’s API token', of_disabled.token),
    await dead('API token with another secret', forged),
  ];
}

async function secretsOf(database: TestDatabase, sides: World['sides'], people: string[]): Promise<Set<string>> {
  const { workspace_id } = sides.attacked;
  const { rows: named } = await database.owner.query<{ table: string }>(
    `select table_name as table from information_schema.columns
     where table_schema = 'public' and column_name = 'id' and table_name = any ($1)`,
    [await tablesOf(database.owner, 'workspace')],
  );
  const tables = named.map(({ table }) => table).filter((table) => table !== 'workspaces');
  const { rows } = await database.owner.query<{ id: string }>(
    `${tables.map((table) => `select id from ${table} where workspace_id = $1`).join(' union ')}
     union select id from sessions where user_id = any ($2) union select id from account_audit_log where user_id = any ($2)`,
    [workspace_id, people],
  );
  return new Set([workspace_id, ...rows.map(({ id }) => id)]);
}

const stranger = (name: string, token: string | undefined): Principal => ({ name, token, valid: false, roles: {} });
const known = (name: string, { access_token: token }: Person, roles: Principal['roles']): Principal => ({
  name,
  token,
  valid: true,
  roles,
});

/** Builds the world through the API of a sound server. */
export async function buildWorld(stage: { url: string; database: TestDatabase }): Promise<World> {
  const { database } = stage;
  const insider = () => registerPerson(stage, { name: canaries.attacked });
  const owner = await insider(); // first, so that a statement without its condition finds a user of the attacked workspace
  const [admin, member, viewer, colleague] = await Promise.all([insider(), insider(), insider(), insider()]);
  const outsider = () => registerPerson(stage, { name: canaries.other });
  const [attacker, mate, invited] = await Promise.all([outsider(), outsider(), outsider()]);
  const anybody = () => registerPerson(stage); // is or was a member of the attacked workspace, and must not get in
  const [former, disabled, signed_out, lapsed] = await Promise.all([anybody(), anybody(), anybody(), anybody()]);
  const [left, invited_again, switched_off] = await Promise.all([anybody(), anybody(), anybody()]);
  const attacked = await furnish(stage, owner, 'attacked', [
    [colleague, 'viewer'],
    [admin, 'admin'],
    [member, 'member'],
    [viewer, 'viewer'],
    [former, 'admin'],
    [disabled, 'admin'],
    [signed_out, 'owner'],
    [lapsed, 'owner'],
    [left, 'owner'],
    [invited_again, 'owner'],
    [switched_off, 'owner'],
  ]);
  const { workspace_id } = attacked;
  const other = await furnish(stage, attacker, 'other', [
    [mate, 'viewer'],
    [former, 'admin'],
    [invited, 'member'],
  ]);
  const { id: gone_id } = await attacker.client.create_workspace({ body: { name: 'Gone' } });
  await attacker.client.delete_workspace({ workspace_id: gone_id });
  await owner.client.remove_member({ workspace_id, user_id: former.user.id });
  await disableAlone(database, disabled);
  await signed_out.client.logout();
  await database.owner.query(
    `update sessions set created_at = now() - interval '2 days', refreshed_at = now() - interval '2 days',
       expires_at = now() - interval '1 day' where user_id = $1`,
    [lapsed.user.id],
  );
  const dead_tokens = await deadTokens(stage, owner, invited, workspace_id);
  const sides = { attacked, other, absent: nothing() };
  const team = { owner, admin, member, viewer };
  const guests = { former: left, invited_again, disabled: switched_off };
  const tokens = await tokenPrincipals(database, { team, attacker, sides, guests });
  const people = Object.values(team).map(({ user }) => user.id);
  const forged = forgedTokens({ victim: owner, attacker });
  return {
    sides,
    gone_id,
    team,
    attacker,
    dead_tokens,
    secrets: await secretsOf(database, sides, people),
    principals: [
      stranger('anonymous', undefined),
      ...(['owner', 'admin', 'member', 'viewer'] as const).map((role) => known(role, team[role], { attacked: role })),
      known('owner of another workspace', attacker, { other: 'owner' }),
      known('ex-member', former, { other: 'admin' }),
      known('invited, not accepted', invited, { other: 'member' }),
      stranger('disabled', disabled.access_token),
      stranger('expired token', forged.expired),
      stranger('foreign token', forged.foreign),
      stranger('tampered token', forged.tampered),
      stranger('signed out', signed_out.access_token),
      stranger('session over', lapsed.access_token),
      stranger('another’s session', forged.borrowed),
      ...tokens,
    ],
  };
}
