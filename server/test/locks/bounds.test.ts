import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { contracts } from '../../src/contracts.ts';
import { prepare, sql } from '../../src/db/sql.ts';
import { withinBudget } from '../../src/db/walk.ts';
import { openApiDocument } from '../../src/reference/openapi.ts';
import { newId } from '../../src/lib/ids.ts';
import { kind, notification_kinds } from '../../src/notifications/contract.ts';
import { max_page_bytes } from '../../src/lib/bounds.ts';
import { makeTeam, makeTicket, type Team } from '../../../proof/harness/make.ts';
import type { PlanNode } from '../../../proof/harness/plans.ts';
import { startServer, type TestServer } from '../../../proof/harness/server.ts';

const rows = 105;
/** A text of the character that grows most: one byte to store, six in JSON. */
const worst = (length: number) => `repeat(chr(1), ${length})`;
const ids = 'gen_random_uuid()';
const many = `generate_series(1, ${rows}) n`;
/** A number of long rows that exceeds one page by their bytes. */
const long_rows = 50;
const few = `generate_series(1, ${long_rows}) n`;
const labels = `(select array_agg(${worst(62)} || chr(256 + n)) from generate_series(1, 50) n)`;
/** A text with as many bytes as the longest emoji. */
const longest_emoji = `lpad(n::text, 35, 'x')`;
/** All kinds that one notification may have together: those about a ticket. */
const of_tickets = kind.options.filter((name) => notification_kinds[name].about === 'ticket');
const entry = `jsonb_build_object('labels', to_jsonb(${labels}), 'title', ${worst(512)})`;

let server: TestServer;
let team: Team;
let ids_of: Record<string, string>;
/** Every statement that the server sent. */
const sent: string[] = [];

/**
 * The statements that fill each list with the largest possible rows, bypassing the API. `w`, `t`, `c`, `p`, `u` are the
 * ids to use.
 */
const fills: Record<string, (id: Record<string, string>) => string> = {
  list_tickets: ({ w, p, u }) => `
    insert into tickets (workspace_id, id, project_id, number, title, description, initial_status, status, labels,
      reporter_id, created_at, updated_at)
    select '${w}', ${ids}, '${p}', 1000 + n, ${worst(512)}, ${worst(20_000)}, 'open', 'open', ${labels}, '${u}',
      now() + n * interval '1 second', now() + n * interval '1 second' from ${few}`,
  list_labels: ({ w, t }) => `
    insert into ticket_labels (workspace_id, ticket_id, label, created_at)
    select '${w}', '${t}', ${worst(60)} || (1000 + n), now() from ${many}`,
  list_comments: ({ w, t, u }) => `
    insert into comments (workspace_id, ticket_id, id, author_id, body)
    select '${w}', '${t}', ${ids}, '${u}', ${worst(20_000)} from ${few};
    insert into comment_reactions (workspace_id, ticket_id, comment_id, emoji, user_id, created_at, first_at)
    select workspace_id, ticket_id, id, ${longest_emoji}, '${u}', now() + n * interval '1 ms', now()
    from comments, generate_series(1, 20) n`,
  list_comment_revisions: ({ w, t, c, u }) => `
    insert into comment_revisions (workspace_id, ticket_id, comment_id, version, author_id, body, created_at)
    select '${w}', '${t}', '${c}', n, '${u}', ${worst(20_000)}, now() + n * interval '1 second' from ${few}`,
  list_transitions: ({ w, t, p, u }) => `
    insert into comments (workspace_id, ticket_id, id, author_id, body)
    select '${w}', '${t}', ('00000000-0000-0000-0000-' || lpad(n::text, 12, '0'))::uuid, '${u}', ${worst(20_000)}
    from ${few};
    insert into status_history (workspace_id, ticket_id, sequence, id, project_id, workflow_version, from_status, to_status,
      comment_id, actor_id, created_at)
    select '${w}', '${t}', n, ${ids}, '${p}', 1, 'open', 'in_progress',
      case when n <= ${long_rows} then ('00000000-0000-0000-0000-' || lpad(n::text, 12, '0'))::uuid end, '${u}', now()
    from ${many}`,
  // Filled by list_transitions: the same rows, without their comments.
  list_project_transitions: () => 'select 1',
  list_activity: ({ w, t, u }) => `
    insert into outbox (workspace_id, id, actor_id, action, subject_type, subject_id, ticket_id, before, after, request_id)
    select '${w}', ${ids}, '${u}', 'comment.updated', 'comment', ${ids}, '${t}', ${entry}, ${entry}, 'seed-0001' from ${few}`,
  list_audit: ({ w, u }) => `
    insert into events (workspace_id, sequence, created_at, id, actor_id, action, subject_type, subject_id, before, after,
      request_id)
    select '${w}', n, now(), ${ids}, '${u}', 'workspace.updated', 'workspace', '${w}', ${entry}, ${entry}, 'seed-0001' from ${few}`,
  list_my_audit: ({ u }) => `
    insert into account_audit_log (user_id, id, action, detail, request_id)
    select '${u}', ${ids}, 'logged_in', jsonb_build_object('user_agent', ${worst(400)}), 'request-1' from ${many}`,
  list_sessions: ({ u }) => `
    insert into sessions (user_id, id, user_agent, ip, expires_at)
    select '${u}', ${ids}, ${worst(400)}, '::1', now() + interval '1 day' from ${many}`,
  list_workspaces: ({ u }) => `
    with made as (
      insert into workspaces (id, name, created_by) select ${ids}, ${worst(200)}, '${u}' from ${many} returning id)
    insert into user_workspaces (user_id, workspace_id, role) select '${u}', id, 'owner' from made`,
  list_members: ({ w }) => `
    with made as (
      insert into users (id, email, name) select ${ids}, n || '@example.com', ${worst(200)} from ${many} returning id)
    insert into memberships (workspace_id, user_id, role) select '${w}', id, 'member' from made`,
  list_people: () => 'select 1',
  list_outcomes: ({ u }) => `
    insert into outcomes (user_id, key_hash, target, status, headers)
    select '${u}', sha256('${u}\\012\\012key'), 'POST /' || n || repeat('x', 250), 201,
      jsonb_build_object('Location', repeat('x', 300)) from ${many}`,
  list_bots: ({ w }) => `
    with made as (
      insert into users (id, name, kind) select ${ids}, ${worst(200)}, 'bot' from ${many} returning id)
    insert into memberships (workspace_id, user_id, role) select '${w}', id, 'member' from made`,
  list_invitations: ({ w, u }) => `
    insert into invitations (workspace_id, id, email, role, token_hash, invited_by, expires_at)
    select '${w}', ${ids}, n || '@example.org', 'member', '', '${u}', now() + interval '1 day' from ${many}`,
  list_tokens: ({ w, u }) => `
    insert into api_tokens (workspace_id, id, user_id, created_by, joined, name, scopes, token_hash, expires_at)
    select '${w}', ${ids}, '${u}', '${u}', 1, ${worst(200)}, array['tickets:read'], sha256(n::text::bytea),
      now() + interval '1 day' from ${many}`,
  list_views: ({ w, u }) => `
    insert into views (workspace_id, id, owner_id, name, layout, query)
    select '${w}', ${ids}, '${u}', ${worst(200)}, 'list_by_status',
      jsonb_build_object('ids', repeat('x', 3699), 'label', ${worst(1289)}, 'q', ${worst(200)}) from ${many}`,
  list_webhooks: ({ w, h, u }) => `
    insert into webhooks (workspace_id, id, url, description, types, project_ids, secret, last_sequence, created_by)
    select '${w}', case n when 1 then '${h}' else ${ids} end, repeat('x', 2000), ${worst(200)},
      (select array_agg('ticket.transitioned'::text) from generate_series(1, 50)),
      (select array_agg(${ids}) from generate_series(1, 50)), '', 0, '${u}' from ${many}`,
  // The events are those of list_audit, and more.
  list_deliveries: ({ w, h, u }) => `
    insert into events (workspace_id, sequence, created_at, id, actor_id, action, subject_type, subject_id, request_id)
    select '${w}', 1000 + n, now(), ${ids}, '${u}', 'workspace.updated', 'workspace', '${w}', 'seed-0001' from ${many};
    insert into deliveries (workspace_id, webhook_id, sequence, event_id, subject_id, outcome, finished_at, attempts)
    select '${w}', '${h}', 1000 + n, ${ids}, ${ids}, 'given_up', now(),
      jsonb_build_array(jsonb_build_object('status', null, 'error', repeat('x', 100))) from ${many}`,
  list_notifications: ({ w, t, c, u }) => `
    insert into notifications (workspace_id, user_id, joined, id, kinds, ticket_id, comment_id, actor_id, happened_at)
    select '${w}', '${u}', 1, ${ids}, '{${of_tickets.join()}}', '${t}', '${c}', ${ids}, now()
    from ${many}`,
  // The members are those of list_members.
  list_watchers: ({ w, t }) => `
    insert into watchers (workspace_id, ticket_id, user_id, choice, reason)
    select '${w}', '${t}', user_id, 'watching', 'commented' from memberships where workspace_id = '${w}'`,
  list_reactions: ({ w, t, c }) => `
    insert into comment_reactions (workspace_id, ticket_id, comment_id, emoji, user_id, created_at, first_at)
    select '${w}', '${t}', '${c}', ${longest_emoji}, user_id, now() + n * interval '1 s', now()
    from (select user_id, 1000 + row_number() over () as n from memberships where workspace_id = '${w}') m`,
  list_attachments: ({ w, t, u }) => `
    with made as (select ${ids} as id from ${many}),
    files as (insert into attachment_files (workspace_id, id) select '${w}', id from made)
    insert into attachments (workspace_id, id, ticket_id, name, media_type, size_bytes, checksum, added_by, created_at)
    select '${w}', id, '${t}', ${worst(255)}, repeat('x', 100), 2147483647, repeat('a', 64), '${u}', now() from made`,
  list_projects: ({ w, u }) => `
    insert into projects (workspace_id, id, key, name, created_by)
    select '${w}', ${ids}, 'Z' || n, ${worst(200)}, '${u}' from ${many}`,
};

const lists = contracts.filter(({ query }) => query !== undefined && 'cursor' in query.shape);

beforeAll(async () => {
  // With a patch, the server doesn't check the invariants at the end. Rows that bypass the API break them.
  const patch = (text: string) => {
    sent.push(text);
    return text;
  };
  server = await startServer({}, { patch });
  team = await makeTeam(server);
  const ticket = await makeTicket(team);
  const at = { workspace_id: team.workspace_id, ticket: ticket.id };
  const comment = await team.owner.client.create_comment({ ...at, body: { body: 'c' } });
  ids_of = { w: team.workspace_id, t: ticket.id, c: comment.id, p: team.project_id, u: team.owner.user.id, h: newId() };
  for (const fill of Object.values(fills)) await server.database.owner.query(fill(ids_of));
}, 60_000);
afterAll(() => server.stop());

async function page(list: (typeof lists)[number], parameters: Record<string, string>) {
  const { w = '', t = '', c = '', p = '', h = '' } = ids_of;
  const given: Record<string, string> = { workspace_id: w, ticket: t, comment_id: c, project_id: p, webhook_id: h };
  const path = list.path.replaceAll(/\{(\w+)\}/g, (_, name: string) => given[name] ?? name);
  const url = `${server.url}${path}?${new URLSearchParams({ limit: '100', ...parameters }).toString()}`;
  const answer = await fetch(url, { headers: { authorization: `Bearer ${team.owner.access_token}` } });
  const text = await answer.text();
  expect([list.id, answer.status, answer.status === 200 ? '' : text]).toEqual([list.id, 200, '']);
  const { data, next_cursor } = JSON.parse(text) as { data: { id?: string }[]; next_cursor: string | null };
  return { bytes: Buffer.byteLength(text), data, next_cursor };
}

const cases: [name: string, list: (typeof lists)[number], parameters: Record<string, string>][] = [
  ...lists.map((list) => [list.id, list, {}] as [string, typeof list, Record<string, string>]),
  ...lists
    .filter(({ id }) => id === 'list_tickets')
    .map(
      (list) =>
        [`${list.id} with descriptions`, list, { fields: 'id,description' }] as [
          string,
          typeof list,
          Record<string, string>,
        ],
    ),
];

// For what a page has besides its items, and what its items have besides the bytes that the database counts.
const slack = 64 * 1024;

test.each(cases)(
  '%s returns pages of a bounded size, which together contain every row',
  async (_, list, parameters) => {
    expect(Object.keys(fills)).toContain(list.id);
    const seen: unknown[] = [];
    let pages = 0;
    let cursor: string | null = null;
    do {
      const given: Record<string, string> = cursor === null ? parameters : { ...parameters, cursor };
      const { bytes, data, next_cursor } = await page(list, given);
      expect(data.length).toBeGreaterThan(0);
      if (data.length > 1) expect(bytes).toBeLessThanOrEqual(max_page_bytes + slack);
      seen.push(...data);
      pages++;
      cursor = next_cursor;
    } while (cursor !== null);
    expect(pages).toBeGreaterThan(1);
    expect(seen.length).toBeGreaterThanOrEqual(long_rows);
    expect(new Set(seen.map((item) => JSON.stringify(item))).size).toBe(seen.length);
  },
  60_000,
);

interface Schema {
  $ref?: string;
  anyOf?: Schema[];
  enum?: string[];
  pattern?: string;
  maxLength?: number;
  default?: string | number;
}

/** Values that a generated client might send: its default if the schema has one, or else any that match it. */
function madeUp(schema: Schema, schemas: Record<string, Schema>): fc.Arbitrary<string> {
  const { $ref, anyOf, pattern = '', maxLength = 100 } = schema;
  if ($ref !== undefined) return madeUp(schemas[$ref.replace('#/components/schemas/', '')] ?? {}, schemas);
  if (anyOf !== undefined) return fc.oneof(...anyOf.map((one) => madeUp(one, schemas)));
  if (schema.default !== undefined) return fc.constant(String(schema.default));
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum);
  return fc.stringMatching(new RegExp(pattern)).filter((text) => text.trim() !== '' && text.length <= maxLength);
}

test.each(lists.map((list) => [list.id, list] as const))(
  '%s accepts any values that match the schemas of its parameters, all of them at once',
  async (_, list) => {
    const { paths, components } = openApiDocument(contracts) as {
      paths: Record<string, { get: { parameters: { name: string; in: string; schema: Schema }[] } }>;
      components: { schemas: Record<string, Schema> };
    };
    const parameters = (paths[list.path]?.get.parameters ?? []).filter((parameter) => parameter.in === 'query');
    expect(parameters.map(({ name }) => name)).toEqual(expect.arrayContaining(['limit', 'cursor']));
    const all = fc.record(
      Object.fromEntries(parameters.map(({ name, schema }) => [name, madeUp(schema, components.schemas)])),
    );
    const numRuns = parameters.length > 2 ? 20 : 1; // beside limit and cursor
    for (const given of fc.sample(all, { numRuns, seed: 7 })) await page(list, given);
  },
);

test('a board has a bounded size, whatever its tickets contain, and its columns have a next page', async () => {
  const { w = '', p = '' } = ids_of;
  const url = `${server.url}/v1/workspaces/${w}/projects/${p}/board?per_column=100`;
  const answer = await fetch(url, { headers: { authorization: `Bearer ${team.owner.access_token}` } });
  const text = await answer.text();
  const { columns } = JSON.parse(text) as { columns: { total: number; data: unknown[]; next_cursor: string | null }[] };
  expect(Buffer.byteLength(text)).toBeLessThanOrEqual(max_page_bytes + slack);
  const [open] = columns;
  expect(open?.total).toBeGreaterThanOrEqual(long_rows);
  expect(open?.data.length).toBeGreaterThan(0);
  expect(open?.next_cursor).not.toBeNull();
});

/** Whether a plan sorts rows of a table that no limit has bounded. An InitPlan counts as a plan of its own. */
function sortsRows({ 'Node Type': type, 'Relation Name': table, Plans = [] }: PlanNode, sorting = false): boolean {
  if (table !== undefined) return sorting;
  const below = type !== 'Limit' && (sorting || /Sort$/.test(type));
  return Plans.some((plan) => sortsRows(plan, plan['Parent Relationship'] === 'InitPlan' ? false : below));
}

test('every list except an account’s few sessions reads its pages in the order of an index, whatever the statistics', async () => {
  const client = await server.database.owner.connect();
  await client.query('set enable_seqscan = off; set enable_bitmapscan = off');
  await client.query('set enable_sort = off; set enable_incremental_sort = off'); // as the server does for a list
  await client.query('set plan_cache_mode = force_generic_plan');
  const texts: [list: string, text: string][] = [];
  for (const list of lists) {
    sent.length = 0;
    await page(list, {});
    const walks = sent.filter((one) => /\border by\b[^()]*\blimit \$\d+/.test(one));
    texts.push(...walks.map((text): [string, string] => [list.id, text]));
  }
  const sorted = new Set<string>();
  for (const statistics of ['select 1', 'analyze']) {
    await client.query(statistics);
    for (const [list, text] of texts) {
      type Row = { 'QUERY PLAN': [{ Plan: PlanNode }] };
      await client.query(`prepare list as ${text}`);
      const values = Array(Math.max(...[...text.matchAll(/\$(\d+)/g)].map(([, n]) => Number(n)))).fill('null');
      const { rows } = await client.query<Row>(`explain (format json) execute list (${values.join()})`);
      await client.query('deallocate list');
      if (rows.some((row) => sortsRows(row['QUERY PLAN'][0].Plan))) sorted.add(list);
    }
  }
  client.release(true);
  expect(texts.length).toBeGreaterThan(10);
  expect([...sorted].sort()).toEqual(['list_sessions']);
});

test('rows beyond the byte limit of a page are not read: the count ends at the first of them', async () => {
  const client = await server.database.owner.connect();
  await client.query('create temporary sequence counted');
  const page = sql`select n as id, repeat('a', 100) as body from generate_series(1, 100) n`;
  const json_bytes = sql`case when nextval('counted') > 0 then 600000 end`;
  const { text, values } = prepare(withinBudget(page, [sql`id`, sql`body`], { columns: [sql`body`], json_bytes }));
  const { rows } = await client.query<{ fits: boolean; body: string | null }>(text, values);
  expect(rows.map(({ fits, body }) => [fits, body !== null])).toEqual([
    [true, true],
    ...Array<[boolean, boolean]>(99).fill([false, false]),
  ]);
  expect((await client.query('select last_value::int from counted')).rows).toEqual([{ last_value: 2 }]);
  client.release(true);
});

test('a page of tickets of many projects ends before their workflows have too many bytes, and the next page continues', async () => {
  const { w = '', u = '' } = ids_of;
  const keys = Array.from({ length: 50 }, (_, n) => `s${n}${'x'.repeat(40)}`);
  const largest = {
    statuses: keys.map((key) => ({ key, name: key, category: 'todo' })),
    initial: [keys[0]],
    transitions: keys.flatMap((from) =>
      keys.filter((to) => to !== from).map((to) => ({ from, to, roles: ['owner', 'admin', 'member'], requires: [] })),
    ),
    resolutions: [],
  };
  const { owner } = server.database;
  await owner.query(
    `with made as (
       insert into projects (workspace_id, id, key, name, created_by)
       select $1, gen_random_uuid(), 'LARGE' || n, 'Large', $2 from generate_series(1, 30) n returning id)
     insert into workflows (workspace_id, project_id, version, definition, created_by)
     select $1, id, 1, $3, $2 from made`,
    [w, u, JSON.stringify(largest)],
  );
  await owner.query(
    `insert into project_statuses (workspace_id, project_id, status)
     select workspace_id, id, $2 from projects where workspace_id = $1 and key like 'LARGE%'`,
    [w, keys[0]],
  );
  await owner.query(
    `insert into tickets (workspace_id, id, project_id, number, title, description, initial_status, status, labels, reporter_id,
       created_at, updated_at)
     select workspace_id, gen_random_uuid(), id, 1, 'Large', '', $2, $2, array['large'], $3, now(), now()
     from projects where workspace_id = $1 and key like 'LARGE%'`,
    [w, keys[0], u],
  );
  await owner.query(
    `insert into ticket_labels (workspace_id, ticket_id, label, created_at)
     select workspace_id, id, 'large', created_at from tickets where workspace_id = $1 and title = 'Large'`,
    [w],
  );
  const [list] = lists.filter(({ id }) => id === 'list_tickets');
  if (list === undefined) throw new Error('There is no such list.');
  const seen: unknown[] = [];
  let cursor: string | null = null;
  let pages = 0;
  do {
    const { data, next_cursor }: Awaited<ReturnType<typeof page>> = await page(list, {
      label: 'large',
      ...(cursor === null ? {} : { cursor }),
    });
    expect(data.length * JSON.stringify(largest).length).toBeLessThan(6 * 1024 * 1024);
    seen.push(...data.map(({ id }) => id));
    cursor = next_cursor;
    pages++;
  } while (cursor !== null && pages < 100);
  expect(new Set(seen).size).toBe(30);
  expect(seen.length).toBe(30);
});
