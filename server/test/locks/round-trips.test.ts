import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { RawResponse } from '../../../sdk/index.ts';
import { accessOf, scopeOf } from '../../src/access/policy.ts';
import { contracts } from '../../src/contracts.ts';
import { scope_meanings, type TokenScope } from '../../src/http/contract.ts';
import { conformingClient } from '../../../proof/harness/conformance.ts';
import type { Person } from '../../../proof/harness/people.ts';
import { transaction } from '../../src/db/transaction.ts';
import { createPool } from '../../src/db/pool.ts';
import { sql } from '../../src/db/sql.ts';
import { makeAttachment } from '../../../proof/harness/attachments.ts';
import { makeTeam, makeTicket, type Team } from '../../../proof/harness/make.ts';
import { type Proxy, startProxy } from '../../../proof/harness/proxy.ts';
import { createDatabase, type TestDatabase } from '../../../proof/harness/database.ts';
import { startServer, type TestServer } from '../../../proof/harness/server.ts';

let database: TestDatabase;
let proxy: Proxy;
let server: TestServer;
let team: Team;

beforeAll(async () => {
  database = await createDatabase();
  proxy = await startProxy(database.url);
  // One connection, so that round trips don't overlap.
  server = await startServer({ BATON_POOL_SIZE: '1' }, { database: { ...database, url: proxy.url } });
  team = await makeTeam(server, 'standard');
});
afterAll(async () => {
  await server.stop();
  await proxy.close();
  await database.drop();
});

/** Counts the round trips of a raw call. Other calls read back what they write. */
async function roundTrips(work: () => Promise<RawResponse>): Promise<number> {
  const succeed = async () => expect((await work()).status).toBeLessThan(300);
  await succeed(); // connects, and caches the workflow
  const before = proxy.bursts();
  await succeed();
  return proxy.bursts() - before;
}

interface At {
  workspace_id: string;
  ticket: string;
  /** Comments of the ticket, one for each call. */
  comments: string[];
  attachment_id: string;
  /** More tickets: each call deletes one, or one call changes all of them. */
  others: string[];
}

/** A call that can be repeated, and how many round trips to the database it may take. */
const november = { from: '2026-11-01', to: '2026-11-30' };
const inProject = ({ workspace_id }: At) => ({ workspace_id, project_id: 'ENG' });

const calls: Record<string, [trips: number, call: (at: At) => Promise<RawResponse>]> = {
  get_ticket: [1, ({ workspace_id, ticket }) => team.member.client.raw.get_ticket({ workspace_id, ticket })],
  list_tickets: [
    1,
    ({ workspace_id }) => team.member.client.raw.list_tickets({ workspace_id, status: 'open', limit: 50 }),
  ],
  count_tickets: [1, ({ workspace_id }) => team.member.client.raw.count_tickets({ workspace_id, project_id: 'ENG' })],
  list_labels: [1, ({ workspace_id }) => team.member.client.raw.list_labels({ workspace_id, q: 'a' })],
  get_board: [2, (at) => team.member.client.raw.get_board(inProject(at))],
  list_projects: [1, ({ workspace_id }) => team.member.client.raw.list_projects({ workspace_id })],
  get_comment: [1, (at) => team.member.client.raw.get_comment(aComment(at))],
  get_project: [1, ({ workspace_id }) => team.member.client.raw.get_project({ workspace_id, project_id: 'ENG' })],
  get_workflow: [1, ({ workspace_id }) => team.member.client.raw.get_workflow({ workspace_id, project_id: 'ENG' })],
  get_transition: [
    1,
    ({ workspace_id, ticket }) => team.member.client.raw.get_transition({ workspace_id, ticket, sequence: '1' }),
  ],
  get_member: [
    1,
    ({ workspace_id }) => team.member.client.raw.get_member({ workspace_id, user_id: team.owner.user.id }),
  ],
  get_workspace: [1, ({ workspace_id }) => team.member.client.raw.get_workspace({ workspace_id })],
  list_members: [1, ({ workspace_id }) => team.member.client.raw.list_members({ workspace_id })],
  list_audit: [1, ({ workspace_id }) => team.owner.client.raw.list_audit({ workspace_id })],
  read_events: [1, ({ workspace_id }) => team.member.client.raw.read_events({ workspace_id })],
  list_notifications: [1, ({ workspace_id }) => team.member.client.raw.list_notifications({ workspace_id })],
  get_unread_count: [1, ({ workspace_id }) => team.member.client.raw.get_unread_count({ workspace_id })],
  get_watching: [2, ({ workspace_id, ticket }) => team.member.client.raw.get_watching({ workspace_id, ticket })],
  list_watchers: [2, ({ workspace_id, ticket }) => team.member.client.raw.list_watchers({ workspace_id, ticket })],
  get_attachment: [1, (at) => team.member.client.raw.get_attachment(anAttachment(at))],
  get_attachment_link: [1, (at) => team.member.client.raw.get_attachment_link(anAttachment(at))],
  list_attachments: [
    2,
    ({ workspace_id, ticket }) => team.member.client.raw.list_attachments({ workspace_id, ticket }),
  ],
  list_comments: [2, ({ workspace_id, ticket }) => team.member.client.raw.list_comments({ workspace_id, ticket })],
  list_reactions: [2, (at) => team.member.client.raw.list_reactions(aComment(at))],
  list_comment_revisions: [2, (at) => team.owner.client.raw.list_comment_revisions(aComment(at))],
  list_transitions: [
    2,
    ({ workspace_id, ticket }) => team.member.client.raw.list_transitions({ workspace_id, ticket }),
  ],
  list_activity: [2, ({ workspace_id, ticket }) => team.member.client.raw.list_activity({ workspace_id, ticket })],
  list_project_transitions: [
    2,
    ({ workspace_id }) => team.member.client.raw.list_project_transitions({ workspace_id, project_id: 'ENG' }),
  ],
  get_flow: [3, (at) => team.member.client.raw.get_flow({ ...inProject(at), ...november })],
  get_times: [3, (at) => team.member.client.raw.get_times({ ...inProject(at), ...november })],
  get_ageing: [3, (at) => team.member.client.raw.get_ageing(inProject(at))],
  create_ticket: [
    2,
    ({ workspace_id }) =>
      team.member.client.raw.create_ticket({
        workspace_id,
        project_id: team.project_id,
        body: { title: 'T', assignee_id: team.member.user.id },
      }),
  ],
  update_ticket: [
    2,
    ({ workspace_id, ticket }) =>
      team.member.client.raw.update_ticket({
        workspace_id,
        ticket,
        if_match: '*',
        body: { title: `${Math.random()}` },
      }),
  ],
  change_tickets: [
    2,
    ({ workspace_id, ticket, others }) => {
      const update = { labels_add: [`${Math.random()}`] };
      const changes = [ticket, ...others].map((one) => ({ ticket: one, update }));
      return team.member.client.raw.change_tickets({ workspace_id, body: { changes } });
    },
  ],
  delete_ticket: [
    2,
    ({ workspace_id, others }) => team.member.client.raw.delete_ticket({ workspace_id, ticket: others.pop() ?? '' }),
  ],
  create_comment: [
    2,
    ({ workspace_id, ticket }) => team.member.client.raw.create_comment({ workspace_id, ticket, body: { body: 'c' } }),
  ],
  update_comment: [
    2,
    (at) =>
      team.member.client.raw.update_comment({ ...aComment(at), if_match: '*', body: { body: `${Math.random()}` } }),
  ],
  add_reaction: [2, (at) => team.member.client.raw.add_reaction({ ...aComment(at), emoji: '👍' })],
  remove_reaction: [2, (at) => team.member.client.raw.remove_reaction({ ...aComment(at), emoji: '👍' })],
  delete_comment: [2, (at) => team.member.client.raw.delete_comment(aComment(at))],
  purge_comment: [3, (at) => team.owner.client.raw.purge_comment(aComment(at))],
  set_assignee: [2, (at) => reassign(at)],
  place_ticket: [2, (at) => place(at)],
  transition_ticket: [2, (at) => move(at)],
};

const anAttachment = ({ workspace_id, ticket, attachment_id }: At) => ({ workspace_id, ticket, attachment_id });

function aComment({ comments, attachment_id: __, others: _, ...at }: At) {
  return { ...at, comment_id: comments.pop() ?? '' };
}

let assigned = false;
function reassign({ workspace_id, ticket }: At) {
  assigned = !assigned;
  return team.member.client.raw.set_assignee({
    if_match: '*',
    workspace_id,
    ticket,
    body: { assignee_id: assigned ? team.viewer.user.id : null },
  });
}

let placed = false;
function place({ workspace_id, ticket }: At) {
  placed = !placed;
  return team.member.client.raw.place_ticket({ workspace_id, ticket, body: { at: placed ? 'bottom' : 'top' } });
}

let moved = false;
function move({ workspace_id, ticket }: At) {
  moved = !moved;
  return team.member.client.raw.transition_ticket({
    workspace_id,
    ticket,
    body: { to: moved ? 'in_progress' : 'open', comment: 'c' },
  });
}

/**
 * Operations without a promised number of round trips. Most are for managing a workspace, and rare; for files, their
 * bytes take longer.
 */
const uncounted = (
  'update_workspace delete_workspace list_people update_member remove_member create_bot list_bots get_bot update_bot remove_bot ' +
  'create_invitation list_invitations get_invitation revoke_invitation create_project update_project archive_project ' +
  'replace_workflow create_token list_tokens get_token revoke_token restore_ticket purge_ticket ' +
  'get_audit_checkpoint get_audit_tile get_audit_proof export_audit create_webhook list_webhooks ' +
  'get_notification update_notification read_notifications get_notification_settings update_notification_settings set_watching ' +
  'get_webhook update_webhook delete_webhook rotate_webhook_secret ping_webhook list_deliveries get_delivery redeliver ' +
  'add_attachment remove_attachment ' +
  'create_view list_views get_view update_view delete_view restore_view'
).split(' ');

test('every operation in a workspace is counted, or listed as uncounted', () => {
  const in_workspace = contracts.map(({ id }) => id).filter((id) => typeof accessOf(id) !== 'string');
  expect([...Object.keys(calls), ...uncounted].sort()).toEqual(in_workspace.sort());
});

test('ARCHITECTURE names every counted operation in the row of its number', () => {
  const text = readFileSync(path.resolve(import.meta.dirname, '../../../ARCHITECTURE.md'), 'utf8');
  const rows = [...text.matchAll(/^\| (\d) \|.*\|$/gm)];
  const named = rows.flatMap(([row, trips]) => [...row.matchAll(/`(\w+)`/g)].map(([, name]) => `${trips} ${name}`));
  const counted = Object.entries(calls).map(([name, [trips]]) => `${trips} ${name}`);
  expect([...new Set(named)].sort()).toEqual([...counted, '2 list_tickets'].sort());
});

/** Without operations that can't be undone, for which no token is accepted. */
const by_token = Object.keys(calls).filter((name) => scopeOf(name) !== null);
const cases = [
  ...Object.keys(calls).map((name) => [name, 'a session'] as const),
  ...Object.keys(calls)
    .filter((name) => !/^(get|list)_/.test(name))
    .map((name) => [name, 'an Idempotency-Key'] as const),
  ...by_token.map((name) => [name, 'an API token'] as const),
];

test.each(cases)('%s with %s takes the documented number of round trips to the database', async (name, credential) => {
  for (const person of [team.member, team.owner]) {
    person.client.access_token = credential === 'an API token' ? await tokenOf(person) : person.access_token;
  }
  const { id: ticket } = await makeTicket(team);
  const { workspace_id } = team;
  const comments: string[] = [];
  for (const body of /_(comment|reaction)/.test(name) ? ['one', 'two'] : []) {
    const { id: comment_id } = await team.member.client.create_comment({ workspace_id, ticket, body: { body } });
    if (name === 'remove_reaction')
      await team.member.client.add_reaction({ workspace_id, ticket, comment_id, emoji: '👍' });
    comments.push(comment_id);
  }
  const { attachment_id } = /_attachment/.test(name)
    ? await makeAttachment(team.member, { workspace_id, ticket })
    : { attachment_id: '' };
  const others = ['delete_ticket', 'change_tickets'].includes(name)
    ? [(await makeTicket(team)).id, (await makeTicket(team)).id]
    : [];
  if (name === 'get_transition') {
    await team.member.client.transition_ticket({ workspace_id, ticket, body: { to: 'in_progress' } });
  }
  const [trips, call] = calls[name] ?? [0, () => Promise.reject(new Error(name))];
  const keyed = credential === 'an Idempotency-Key';
  const { fetch } = globalThis;
  if (keyed) globalThis.fetch = (url, init) => fetch(url, { ...init, headers: withKey(init?.headers) });
  try {
    expect(await roundTrips(() => call({ workspace_id, ticket, comments, attachment_id, others }))).toBe(trips);
  } finally {
    globalThis.fetch = fetch;
  }
});

function withKey(given: RequestInit['headers']): Headers {
  const headers = new Headers(given);
  headers.set('idempotency-key', randomUUID());
  return headers;
}

test('a body over 16 KiB takes one more round trip than a shorter one', async () => {
  const { workspace_id } = team;
  const { id: ticket } = await makeTicket(team);
  const comment = (bytes: number) => () =>
    team.member.client.raw.create_comment({ workspace_id, ticket, body: { body: 'x'.repeat(bytes) } });
  expect(await roundTrips(comment(16 * 1024 - 20))).toBe(2);
  expect(await roundTrips(comment(16 * 1024))).toBe(3);
});

test('no operation except an edit of a long text reads it while the ticket is locked', async () => {
  const { workspace_id, member, owner } = team;
  const megabyte = 'x'.repeat(1_000_000);
  const { id: ticket } = await makeTicket(team, { description: megabyte });
  const at = { workspace_id, ticket };
  const { id: comment_id } = await member.client.create_comment({ ...at, body: { body: megabyte } });
  const on = { ...at, comment_id, emoji: '👍' };
  const read = async (work: () => Promise<RawResponse>) => {
    const before = proxy.received();
    const { status } = await work();
    return [status, proxy.received() - before < 50_000];
  };
  expect(await read(() => member.client.raw.create_comment({ ...at, body: { body: 'short' } }))).toEqual([201, true]);
  expect(await read(() => member.client.raw.transition_ticket({ ...at, body: { to: 'open' } }))).toEqual([409, true]);
  expect(await read(() => member.client.raw.add_reaction(on))).toEqual([200, true]);
  expect(await read(() => member.client.raw.remove_reaction(on))).toEqual([204, true]);
  const edit = { body: 'edited', version: 7 };
  expect(await read(() => owner.client.raw.update_comment({ ...at, comment_id, body: edit }))).toEqual([403, true]);
  expect(await read(() => owner.client.raw.delete_comment({ ...at, comment_id, if_match: '*' }))).toEqual([204, true]);
  expect(await read(() => owner.client.raw.delete_ticket({ ...at, if_match: '*' }))).toEqual([204, true]);
});

const nowhere = '018f0000-0000-7000-8000-000000000000';

test.each<[name: string, trips: number, call: (at: Team) => Promise<RawResponse>]>([
  // The caller has the right at the end, but perhaps not when the lock was requested: permission and lock · rollback,
  // twice.
  [
    'locked together with the permission check',
    4,
    ({ workspace_id }) => team.member.client.raw.delete_ticket({ workspace_id, ticket: nowhere }),
  ],
  [
    'read after the permission check',
    3, // permission · invitation · rollback
    ({ workspace_id }) => team.owner.client.raw.revoke_invitation({ workspace_id, invitation_id: nowhere }),
  ],
])(
  'a write whose target is missing is repeated only if a target is locked with the permission check; here it is %s',
  async (_, trips, call) => {
    expect((await call(team)).status).toBe(404);
    const before = proxy.bursts();
    expect((await call(team)).status).toBe(404);
    expect(proxy.bursts() - before).toBe(trips);
  },
);
const tokens = new Map<Person, string>();
async function tokenOf(person: Person): Promise<string> {
  const scopes = Object.keys(scope_meanings) as TokenScope[];
  const body = { name: 'All', scopes };
  const client = conformingClient(server.url, person.access_token);
  const token = tokens.get(person) ?? (await client.create_token({ workspace_id: team.workspace_id, body })).token;
  tokens.set(person, token);
  return token;
}

test('control: statements that are awaited one by one are counted one by one', async () => {
  const pool = createPool({
    url: proxy.url,
    max: 1,
    role: 'baton_app',
    statement_timeout_ms: 1000,
    lock_timeout_ms: 1000,
    on_error: () => undefined,
  });
  const three = () =>
    transaction(pool, {}, async (tx) => {
      await tx.rows(sql`select 1`);
      await tx.rows(sql`select 2`);
      return { status: 200, headers: new Headers(), body: undefined };
    });
  expect(await roundTrips(three)).toBe(3);
  await pool.end();
});
