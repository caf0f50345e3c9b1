import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeTeam, type Team } from '../../../proof/harness/make.ts';
import { registerPerson } from '../../../proof/harness/people.ts';
import type { PlanNode as Plan } from '../../../proof/harness/plans.ts';
import { note } from '../../../proof/harness/seen.ts';
import { startServer, type TestServer } from '../../../proof/harness/server.ts';
import { createPool } from '../db/pool.ts';
import { prepare } from '../db/sql.ts';
import { readOnly } from '../db/transaction.ts';
import { type Retention, upkeep } from './catalogue.ts';
import { removeSpent } from './loops.ts';
import { overdueRows } from './overdue-queries.ts';

const day_s = 86_400;
/** Keeps everything for this many days. The rows that these tests expect to go ended three or four days ago. */
const keep = (days: number): Retention => ({
  session_retention_s: days * day_s,
  password_reset_retention_s: days * day_s,
  failed_attempt_retention_s: days * day_s,
  invitation_retention_s: days * day_s,
  idempotency_key_retention_s: days * day_s,
  token_retention_s: days * day_s,
  delivery_retention_s: days * day_s,
  view_retention_s: days * day_s,
  notification_retention_s: days * day_s,
  mail_retention_s: days * day_s,
});
type Task = keyof typeof upkeep;
const tasks = Object.keys(upkeep) as Task[];

let server: TestServer;
let team: Team;
/** The connections of two workers. */
let pools: [pg.Pool, pg.Pool];
const failures: Error[] = [];

const workerPool = () => {
  const limits = {
    statement_timeout_ms: 30_000,
    lock_timeout_ms: 1000,
    on_error: (error: Error) => failures.push(error),
  };
  return createPool({ url: server.database.url, role: 'baton_worker', max: 2, ...limits });
};

beforeAll(async () => {
  server = await startServer({ BATON_MAX_OPEN_INVITATIONS_PER_WORKSPACE: '1000000' });
  team = await makeTeam(server);
  pools = [workerPool(), workerPool()];
});
afterAll(async () => {
  await Promise.all(pools.map((pool) => pool.end()));
  await server.stop();
});

const look = async <Row>(text: string, ...values: unknown[]) =>
  (await server.database.owner.query(text, values)).rows as Row[];

/** Runs a task until it is done. Returns how many rows it removed. */
async function run(task: Task, { pool = pools[0], days = 2 } = {}): Promise<number> {
  let removed = 0;
  const step = (limit: number) => {
    const statements = upkeep[task](keep(days), limit);
    for (const one of statements) note('statements', prepare(one).text); // noted because broken builds of `prove` rewrite them
    return statements;
  };
  const pass = { goesOn: () => true, count: (rows: number) => (removed += rows) };
  expect(await removeSpent(pool, step, pass)).toBe('done');
  return removed;
}

/**
 * How to add rows for a task: `ago` is how long ago each ended, and `n` how many there are. Each fill gives its rows a
 * name, so that a test finds its own.
 */
const fills: Record<Task, { table: string; mine: string; fill: (name: string, ago: string, n: number) => string }> = {
  sessions: {
    table: 'sessions',
    mine: 'user_agent',
    fill: (name, ago, n) => `
      with made as (
        insert into sessions (user_id, id, user_agent, created_at, expires_at)
        select '${team.viewer.user.id}', gen_random_uuid(), '${name}', now() - interval '90 days', now() - interval '${ago}'
        from generate_series(1, ${n}) returning user_id, id)
      insert into refresh_tokens (user_id, session_id, token_hash, spent_at)
      select user_id, id, decode(md5(id::text || n), 'hex'), case when n > 1 then now() end from made, generate_series(1, 3) n`,
  },
  password_resets: {
    table: 'password_resets',
    mine: `encode(token_hash, 'escape')`,
    fill: (name, ago, n) => `
      insert into password_resets (user_id, id, token_hash, expires_at)
      select '${team.viewer.user.id}', gen_random_uuid(), '${name}', now() - interval '${ago}' from generate_series(1, ${n})`,
  },
  failed_attempts: {
    table: 'failed_attempts',
    mine: 'request_id',
    fill: (name, ago, n) => `
      insert into failed_attempts (user_id, action, hour, id, request_id)
      select '${team.viewer.user.id}', '${name}', now() - interval '${ago}' - n * interval '1 second', gen_random_uuid(), '${name}'
      from generate_series(1, ${n}) n`,
  },
  invitations: {
    table: 'invitations',
    mine: `split_part(email, '@', 2)`,
    fill: (name, ago, n) => `
      insert into invitations (workspace_id, id, email, role, token_hash, invited_by, expires_at)
      select '${team.workspace_id}', gen_random_uuid(), n || '@${name}', 'viewer', '', '${team.owner.user.id}',
        now() - interval '${ago}' from generate_series(1, ${n}) n`,
  },
  outcomes: {
    table: 'outcomes',
    mine: 'target',
    fill: (name, ago, n) => `
      insert into outcomes (user_id, key_hash, target, status, headers, created_at)
      select '${team.viewer.user.id}', sha256((n || '${name}')::bytea), '${name}', 204, '{}',
        now() - interval '${ago}' from generate_series(1, ${n}) n`,
  },
  api_tokens: {
    table: 'api_tokens',
    mine: 'name',
    fill: (name, ago, n) => `
      insert into api_tokens (workspace_id, id, user_id, created_by, joined, name, scopes, token_hash, created_at, expires_at)
      select '${team.workspace_id}', gen_random_uuid(), '${team.viewer.user.id}', '${team.viewer.user.id}', 1, '${name}',
        array['tickets:read'], sha256('x'), now() - interval '90 days', now() - interval '${ago}' from generate_series(1, ${n})`,
  },
  deliveries: {
    table: 'deliveries',
    mine: `attempts ->> 0`,
    fill: (name, ago, n) => `
      with made as (
        insert into webhooks (workspace_id, id, url, description, secret, last_sequence, created_by)
        values ('${team.workspace_id}', gen_random_uuid(), 'https://example.com/', '', '', 0, '${team.owner.user.id}') returning id)
      insert into deliveries (workspace_id, webhook_id, sequence, event_id, subject_id, outcome, finished_at, attempts)
      select '${team.workspace_id}', id, n, gen_random_uuid(), gen_random_uuid(), 'delivered', now() - interval '${ago}',
        '["${name}"]' from made, generate_series(1, ${n}) n`,
  },
  webhooks: {
    table: 'webhooks',
    mine: 'description',
    fill: (name, ago, n) => `
      insert into webhooks (workspace_id, id, url, description, secret, last_sequence, created_by, deleted_at)
      select '${team.workspace_id}', gen_random_uuid(), 'https://example.com/', '${name}', '', 0, '${team.owner.user.id}',
        now() - interval '${ago}' from generate_series(1, ${n})`,
  },
  views: {
    table: 'views',
    mine: 'name',
    fill: (name, ago, n) => `insert into views (workspace_id, id, owner_id, name, layout, query, deleted_at)
      select '${team.workspace_id}', gen_random_uuid(), '${team.owner.user.id}', '${name}', 'list', '{}', now() - interval '${ago}' from generate_series(1, ${n})`,
  },
  notifications: {
    table: 'notifications',
    // A notification has no text, so the name is in an id.
    mine: `convert_from(decode(ltrim(replace(comment_id::text, '-', ''), '0'), 'hex'), 'utf8')`,
    fill: (name, ago, n) => `
      insert into notifications (workspace_id, user_id, joined, id, kinds, ticket_id, comment_id, happened_at, created_at)
      select '${team.workspace_id}', '${team.viewer.user.id}', 1, gen_random_uuid(), array['moved'], gen_random_uuid(),
        lpad(encode('${name}', 'hex'), 32, '0')::uuid, now() - interval '90 days', now() - interval '${ago}' from generate_series(1, ${n})`,
  },
  given_up_mails: {
    table: 'given_up_mails',
    mine: 'kind',
    fill: (name, ago, n) => `
      insert into given_up_mails (id, sealed, kind, reason, attempts, queued_at, expires_at, given_up_at)
      select gen_random_uuid(), '', '${name}', 'refused', 1, now() - interval '90 days', now(), now() - interval '${ago}' from generate_series(1, ${n})`,
  },
  set_aside: {
    table: 'set_aside',
    mine: 'task',
    fill: (name, ago, n) => `
      insert into set_aside (workspace_id, task, subject_id, error, failing_since, failed_at)
      select gen_random_uuid(), '${name}', gen_random_uuid(), '23505', now() - interval '90 days', now() - interval '${ago}' from generate_series(1, ${n})`,
  },
  rate_limits: {
    table: 'rate_limits',
    mine: `split_part(key, ' ', 1)`,
    fill: (name, ago, n) =>
      `insert into rate_limits (key, hits, resets_at) select '${name} ' || n, 1, now() - interval '${ago}' from generate_series(1, ${n}) n`,
  },
};

const add = (task: Task, name: string, ago: string, n: number) => look(fills[task].fill(name, ago, n));
async function left(task: Task, name: string): Promise<number> {
  const { table, mine } = fills[task];
  const [row] = await look<{ n: number }>(`select count(*)::int as n from ${table} where ${mine} = $1`, name);
  return row?.n ?? Number.NaN;
}

/** How long ago rows ended that are still kept, for tasks that keep them for less than two days. */
const recent: Partial<Record<Task, string>> = { rate_limits: '30 seconds', set_aside: '30 minutes' };

/** What `npm run jobs` says about a task, counting up to ten rows. */
async function overdue(task: Task) {
  const all = await readOnly(pools[0], {}, (db) => overdueRows(db, keep(2), 10));
  return all.find((one) => one.task === task);
}

describe.each(tasks)('upkeep of %s', (task) => {
  const { table } = fills[task];

  test('removes only rows that ended longer ago than they are kept', async () => {
    await add(task, 'old', '3 days', 3);
    await add(task, 'recent', recent[task] ?? '36 hours', 3);
    await add(task, 'live', '-1 day', 3);
    expect(await overdue(task)).toMatchObject({ count: 3, oldest_s: expect.any(Number) as number });
    expect(await run(task)).toBe(task === 'sessions' ? 12 : 3); // a session with its three tokens
    expect(await overdue(task)).toMatchObject({ count: 0, oldest_s: null });
    expect([await left(task, 'old'), await left(task, 'recent'), await left(task, 'live')]).toEqual([0, 3, 3]);
  });

  // Without an order, the plan decides which rows are removed first, and a different one might never reach the oldest.
  test('asks the database for the oldest rows first', () => {
    for (const { text } of upkeep[task](keep(2), 10).map(prepare)) expect(text).toMatch(/order by [^;]+? limit \$\d+/);
  });

  test('removes a limited number of rows at a time, by an index, even among many live rows', async () => {
    await add(task, 'many', '-2 days', 4000);
    await add(task, 'due', '4 days', 60);
    await look(`vacuum analyze ${table}`);
    const client = await server.database.owner.connect();
    /** Rows removed, rows looked at, and indexes read by the statements of a step, which is rolled back. */
    const measure = async (change: (text: string) => string) => {
      await client.query('begin; set local role baton_worker');
      const found = { removed: 0, seen: 0, indexes: [] as string[] };
      for (const { text, values } of upkeep[task](keep(2), 10).map(prepare)) {
        const { rows } = await client.query<{ 'QUERY PLAN': [{ Plan: PlanNode }] }>(
          `explain (analyze, timing off, format json) ${change(text)}`,
          values,
        );
        const plan = rows[0]?.['QUERY PLAN'][0].Plan ?? {};
        found.removed = Math.max(found.removed, plan['Actual Rows'] ?? 0);
        found.seen = Math.max(found.seen, rowsSeen(plan));
        found.indexes.push(...indexesOf(plan));
      }
      await client.query('rollback');
      return found;
    };
    try {
      const [index] = await look<{ name: string }>(
        `select indexrelid::regclass as name from pg_index
         where indrelid = $1::regclass and obj_description(indexrelid) = 'upkeep'`,
        table,
      );
      const bounded = await measure((text) => text);
      expect(bounded.removed).toBe(10);
      expect(bounded.seen).toBeLessThan(200);
      expect(bounded.indexes).toContain(index?.name);
      // Control: a build without the limit is noticed.
      const unbound = await measure((text) => text.replaceAll(/limit (\$\d+)/g, 'limit $1 + 1000'));
      expect(unbound.removed).toBeGreaterThan(10);
    } finally {
      client.release();
    }
    await run(task);
    expect([await left(task, 'due'), await left(task, 'many')]).toEqual([0, 4000]);
  });

  test('can be done by two workers at the same time, which skip locked rows', async () => {
    await add(task, 'shared', '3 days', 1200);
    const holder = await server.database.owner.connect();
    await holder.query('begin');
    const { mine } = fills[task];
    await holder.query(`select 1 from ${table} where ${mine} = 'shared' limit 1 for update`);
    const removed = await Promise.all(pools.map((pool) => run(task, { pool })));
    expect(await left(task, 'shared')).toBe(1);
    await holder.query('rollback');
    holder.release();
    removed.push(await run(task));
    const of_each = task === 'sessions' ? 4 : 1;
    expect(removed.reduce((sum, one) => sum + one)).toBe(1200 * of_each);
    expect(failures).toEqual([]);
  });
});

describe('the worker', () => {
  /** Runs statements as the worker, then `look` as the owner, in a transaction that is rolled back. */
  async function asWorker<T>(statements: string, look: string): Promise<T> {
    const client = await server.database.owner.connect();
    try {
      await client.query(`begin; set local role baton_worker; ${statements}; reset role`);
      return (await client.query(look)).rows[0] as T;
    } finally {
      await client.query('rollback');
      client.release();
    }
  }

  test.each(tasks)('can delete only rows of %s that have ended, in any scope, and change none', async (task) => {
    const { table, mine } = fills[task];
    await add(task, 'over', '3 days', 2);
    await add(task, 'alive', '-1 day', 2);
    const scopes = [
      'select',
      `set local app.user_id = '${team.viewer.user.id}'; set local app.workspace = '${team.workspace_id}'`,
    ];
    const tables = task === 'sessions' ? ['refresh_tokens', table] : [table];
    const count = (name: string) => `(select count(*)::int from ${table} where ${mine} = '${name}')`;
    const tokens = `(select count(*)::int from refresh_tokens where session_id in
      (select id from sessions where user_agent = 'alive'))`;
    for (const scope of scopes) {
      const deletes = tables.map((one) => `delete from ${one}`).join('; ');
      const found = `select ${count('over')} as over, ${count('alive')} as alive, ${tokens} as tokens`;
      expect([scope, await asWorker(`${scope}; ${deletes}`, found)]).toEqual([
        scope,
        { over: 0, alive: 2, tokens: task === 'sessions' ? 6 : expect.any(Number) },
      ]);
    }
    const [key] = await look<{ name: string }>(
      `select column_name as name from information_schema.column_privileges
       where grantee = 'baton_worker' and table_name = $1 and privilege_type = 'UPDATE' limit 1`,
      table,
    );
    const update = asWorker(`update ${table} set ${key?.name} = ${key?.name}`, 'select');
    await expect(update).rejects.toMatchObject({ code: '42501' });
  });

  test('cannot read secrets, addresses or texts', async () => {
    for (const text of [
      'select password_hash from user_credentials',
      'select token_hash from password_resets',
      'select ip from sessions',
      'select email from users',
      'select title from tickets',
      'select body from comments',
      'select after from events',
      'select after from outbox',
    ]) {
      await expect(asWorker(text, 'select')).rejects.toMatchObject({ code: '42501' });
    }
  });
});

describe('upkeep does not affect what clients rely on:', () => {
  const everything = async () => {
    for (const task of tasks) await run(task, { days: 0 });
  };

  test('a spent refresh token of a live session, used again long after, still ends the session', async () => {
    const { email, password } = team.member;
    const { refresh_token, access_token } = await team.member.client.login({ body: { email, password } });
    const next = await team.member.client.refresh({ body: { refresh_token } });
    await look(`update refresh_tokens set spent_at = spent_at - interval '400 days', created_at = created_at - interval '400 days'
      where spent_at is not null`);
    await everything();
    const me = () => fetch(`${server.url}/v1/me`, { headers: { authorization: `Bearer ${access_token}` } });
    expect((await me()).status).toBe(200);
    expect((await team.member.client.raw.refresh({ body: { refresh_token } })).status).toBe(401);
    expect((await me()).status).toBe(401);
    expect((await team.member.client.raw.refresh({ body: { refresh_token: next.refresh_token } })).status).toBe(401);
  });

  test('limits still count within their window', async () => {
    const limits = { BATON_AUTH_LIMIT_PER_ACCOUNT: '2', BATON_AUTH_LIMIT_SUCCESSES: '2' };
    const limited = await startServer(limits, { database: server.database });
    try {
      const guess = { email: 'guessed@example.com', password: 'anything' };
      const { email, password, client } = await registerPerson(limited); // the first of its sign-ins
      await client.logout();
      await everything();
      const login = async (body: { email: string; password: string }) => (await client.raw.login({ body })).status;
      expect([await login(guess), await login(guess)]).toEqual([401, 401]);
      expect(await login({ email, password })).toBe(200);
      await everything();
      expect(await login(guess)).toBe(429);
      expect(await login({ email, password })).toBe(429);
    } finally {
      await limited.stop();
    }
  });

  test('an invitation that was accepted stays, and one that is open can still be accepted', async () => {
    const { workspace_id, owner } = team;
    const guest = await registerPerson(server);
    const body = { email: guest.email, role: 'viewer' } as const;
    const { token, id } = await owner.client.create_invitation({ workspace_id, body });
    await everything();
    expect((await guest.client.raw.accept_invitation({ body: { token } })).status).toBe(200);
    await look(`update invitations set expires_at = now() - interval '400 days' where id = $1`, id);
    await everything();
    expect(await look('select accepted_by from invitations where id = $1', id)).toEqual([
      { accepted_by: guest.user.id },
    ]);
  });
});

type PlanNode = Partial<Omit<Plan, 'Plans'>> & { 'Index Name'?: string; Plans?: PlanNode[] };

/** The rows that the scans of a plan have looked at. */
function rowsSeen(node: PlanNode): number {
  const own = ((node['Actual Rows'] ?? 0) + (node['Rows Removed by Filter'] ?? 0)) * (node['Actual Loops'] ?? 1);
  const below = (node.Plans ?? []).reduce((sum, one) => sum + rowsSeen(one), 0);
  return below + (node['Relation Name'] === undefined ? 0 : own);
}

function indexesOf(node: PlanNode): string[] {
  const below = (node.Plans ?? []).flatMap(indexesOf);
  return node['Index Name'] === undefined ? below : [node['Index Name'], ...below];
}
