import { setTimeout as sleep } from 'node:timers/promises';
import jwt from 'jsonwebtoken';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { applyToWrite } from '../../src/access/authorize.ts';
import { accessOf, lineOf, scopeOf } from '../../src/access/policy.ts';
import { contracts } from '../../src/contracts.ts';
import { type Operation, scope_meanings, type TokenScope } from '../../src/http/contract.ts';
import { disableUser } from '../../src/accounts/operator.ts';
import { transaction } from '../../src/db/transaction.ts';
import { lockTicket } from '../../src/tickets/queries.ts';
import { makeTeam, type Team } from '../../../proof/harness/make.ts';
import { joinWorkspace, type Person, registerPerson } from '../../../proof/harness/people.ts';
import { startServer, type TestServer } from '../../../proof/harness/server.ts';
import { any_version } from '../../../proof/harness/wire.ts';
import { tablesOf } from '../../../proof/harness/tables.ts';
import { bodyOf, fill, queries } from '../../../proof/prove/tenancy/requests.ts';
import { furnish, type Furnished } from './furnished.ts';
import { prepared } from './prepared.ts';

let server: TestServer;
let team: Team;
let ids: Furnished['ids'];
let beside: Furnished['beside'];
let notifications: Furnished['notifications'];
let exmember: Person;
let invited: Person;
let disabled: Person;
/** The stranger's own workspace. */
let elsewhere: string;

const absent = '0198c1f2-7a30-7c4e-9a55-3f2b6d1c8e90';

beforeAll(async () => {
  server = await startServer();
  team = await makeTeam(server);
  const { workspace_id, owner } = team;
  const register = () => registerPerson(server);
  [exmember, invited, disabled] = await Promise.all([register(), register(), register()]);
  await joinWorkspace(owner, exmember, workspace_id, 'admin');
  await owner.client.remove_member({ workspace_id, user_id: exmember.user.id });
  await owner.client.create_invitation({ workspace_id, body: { email: invited.email, role: 'admin' } });
  await joinWorkspace(owner, disabled, workspace_id, 'admin');
  await disableUser(server.database.owner, disabled.email);
  ({ ids, beside, notifications } = await furnish(server, team));
  // Created last, so that its events have no numbers and it has no tile or proof of its own.
  ({ id: elsewhere } = await team.stranger.client.create_workspace({ body: { name: 'Own' } }));
});
afterAll(() => server.stop());

async function ask(
  operation: Operation,
  token: string | undefined,
  params: Record<string, string>,
  body: unknown = operation.id === 'transition_ticket' ? { to: 'in_progress' } : bodyOf(operation),
  { url = server.url, versions = any_version }: { url?: string; versions?: { 'if-match': string } } = {},
) {
  const path = fill(operation, params);
  const answer = await fetch(`${url}${path}?${queries[operation.id] ?? ''}`, {
    method: operation.method.toUpperCase(),
    headers: {
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(operation.if_match === undefined ? {} : versions),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    body: body === undefined ? null : JSON.stringify(body),
  });
  return { status: answer.status, text: await answer.text() };
}

const prepare = (id: string, role: (typeof roles)[number], name: string = role) =>
  prepared({ team, ids, notifications }, id, role, name);

const in_workspace = contracts.filter(({ id }) => typeof accessOf(id) !== 'string');
const roles = ['owner', 'admin', 'member', 'viewer'] as const;

// Without deletions, which would take away what other operations need.
const gentle = in_workspace.filter(({ method }) => method !== 'delete');

describe.each(in_workspace.map((operation) => ({ id: operation.id, operation })))('$id', ({ operation }) => {
  test('is refused to everyone whom the policy does not name, with 401, 404 or 403', async () => {
    const access = accessOf(operation.id);
    expect((await ask(operation, undefined, ids)).status).toBe(401);
    expect((await ask(operation, 'tampered', ids)).status).toBe(401);
    expect((await ask(operation, disabled.access_token, ids)).status).toBe(401);
    for (const outsider of [team.stranger, exmember, invited]) {
      const foreign = await ask(operation, outsider.access_token, ids);
      const missing = await ask(operation, outsider.access_token, { ...ids, workspace_id: absent });
      expect(foreign.status).toBe(404);
      expect(foreign.text).toBe(missing.text);
    }
    for (const role of roles) {
      if (access.includes(role)) continue;
      expect([role, (await ask(operation, team[role].access_token, ids)).status]).toEqual([role, 403]);
    }
  });

  test('finds nothing of another workspace below the caller’s own', async () => {
    const inner = Object.keys(ids).filter((name) => operation.path.includes(`{${name}}`) && name !== 'workspace_id');
    if (inner.length === 0) return;
    const mixed = await ask(operation, team.stranger.access_token, { ...ids, workspace_id: elsewhere });
    const missing = Object.fromEntries(inner.map((name) => [name, absent]));
    const none = await ask(operation, team.stranger.access_token, { ...missing, workspace_id: elsewhere });
    expect(mixed.status).toBe(404);
    expect(mixed.text).toBe(none.text);
  });
});

describe('the policy', () => {
  test.each(gentle.map((operation) => ({ id: operation.id, operation })))(
    'admits the roles that it names: $id',
    async ({ operation }) => {
      const access = accessOf(operation.id);
      for (const role of roles.filter((one) => access.includes(one as never))) {
        const { params, body } = await prepare(operation.id, role);
        const { status } = await ask(operation, team[role].access_token, { ...ids, ...params }, body);
        expect([role, status]).toEqual([role, operation.status]);
      }
    },
  );

  test('is published unchanged', async () => {
    const { operations } = await team.viewer.client.get_policy();
    expect(operations.find(({ id }) => id === 'list_audit')).toEqual({
      id: 'list_audit',
      method: 'GET',
      path: '/v1/workspaces/{workspace_id}/audit',
      access: ['owner', 'admin'],
      tokens: 'scoped',
      scope: 'audit:read',
    });
    expect(operations.length).toBe(contracts.length);
  });
});

describe('a write that takes If-Match', () => {
  const guarded = in_workspace.filter(({ if_match }) => if_match !== undefined);
  test.each(guarded.map((operation) => ({ id: operation.id, operation })))(
    'is refused if that names another version: $id',
    async ({ operation }) => {
      const { params, body } = await prepare(operation.id, 'owner', 'unmatched');
      const all = { ...ids, ...params };
      const answer = await ask(operation, team.owner.access_token, all, body, { versions: { 'if-match': '"999"' } });
      expect(answer).toEqual({ status: 412, text: expect.stringContaining('"precondition_failed"') as string });
    },
  );
});

/** The parameters of a path that are ids of things in the workspace. */
const positions = ({ path }: Operation) =>
  [...path.matchAll(/\{(\w+)\}/g)]
    .map(([, name = '']) => name)
    .filter((name) => !['workspace_id', 'emoji', 'sequence', 'level', 'tile'].includes(name));

const nested = in_workspace.filter((operation) => positions(operation).length > 1);
test.each(nested.map((operation) => ({ id: operation.id, operation })))(
  'a thing is not found below another parent in the same workspace: $id',
  async ({ operation }) => {
    const [outer = ''] = positions(operation);
    const other = beside[outer];
    if (other === undefined) throw new Error(`Create another ${outer} beside the first, in furnished.ts.`);
    const { params, body } = await prepare(operation.id, 'owner', 'beside');
    const { status } = await ask(operation, team.owner.access_token, { ...ids, ...params, [outer]: other }, body);
    expect(status).toBe(404);
  },
);

describe('a token of the owner', () => {
  const scopes = Object.keys(scope_meanings) as TokenScope[];
  const tokenWith = async (...some: TokenScope[]) => {
    const body = { name: some.slice(0, 5).join(), scopes: some };
    return (await team.owner.client.create_token({ workspace_id: team.workspace_id, body })).token;
  };
  let with_each: [scope: TokenScope, token: string][];
  let with_all: string;

  beforeAll(async () => {
    with_each = await Promise.all(scopes.map(async (scope) => [scope, await tokenWith(scope)] as [TokenScope, string]));
    with_all = await tokenWith(...scopes);
  });

  test.each(in_workspace.map((operation) => ({ id: operation.id, operation })))(
    'is admitted with the scope that the policy names, and not with one of another area or a lesser one: $id',
    async ({ operation }) => {
      const needed = scopeOf(operation.id);
      for (const [scope, token] of with_each) {
        const [area, level] = scope.split(':');
        const [of = '', has] = needed?.split(':') ?? [];
        const covered = area === of && (level === has || has === 'read');
        if (covered && operation.method === 'delete') continue; // it would be gone for the other tokens
        const { params, body } = await prepare(operation.id, 'owner', `t${scopes.indexOf(scope)}`);
        const { status, text } = await ask(operation, token, { ...ids, ...params }, body);
        expect([scope, status]).toEqual([scope, covered ? operation.status : 403]);
        if (!covered)
          expect(JSON.parse(text)).toMatchObject({ code: 'insufficient_scope', scopes: [scope], required: needed });
      }
    },
  );

  test('is refused every operation outside its workspace, and every one that issues credentials or cannot be undone', async () => {
    const no_token = contracts.filter(
      ({ id }) => accessOf(id) !== 'public' && lineOf(id)[1] !== 'any token' && scopeOf(id) === null,
    );
    expect(no_token.length).toBeGreaterThan(10);
    for (const operation of no_token) {
      const { status, text } = await ask(operation, with_all, { ...ids, session_id: absent });
      expect([operation.id, status]).toEqual([operation.id, 403]);
      expect(JSON.parse(text)).toMatchObject({ code: 'insufficient_scope', required: null });
    }
    const { data } = await team.owner.client.list_workspaces({});
    expect(data.some(({ id }) => id === team.workspace_id)).toBe(true);
  });
});

describe('a lock asked for together with its permission', () => {
  const openAs = async (person: Person) =>
    transaction(server.pool, { workspace_id: team.workspace_id, user_id: person.user.id }, async (tx) => {
      const { sid } = jwt.decode(person.access_token) as { sid: string };
      const caller = { user_id: person.user.id, session_id: sid, token: null, request_id: 'test' };
      const writer = applyToWrite(tx, caller, lineOf('transition_ticket'), team.workspace_id);
      return lockTicket(tx, writer, ids['ticket'] ?? '', { hold: 'change', deleted: false });
    });

  test('is neither taken nor waited for if the caller may not write', async () => {
    const holder = await server.database.owner.connect();
    await holder.query('begin');
    await holder.query('select 1 from tickets for update');
    for (const person of [team.stranger, exmember, invited, team.viewer]) {
      expect(await openAs(person)).toBeUndefined();
    }
    const waiting = openAs(team.member); // control: a caller who may write does wait
    expect(await Promise.race([waiting, sleep(300).then(() => 'waits')])).toBe('waits');
    await holder.query('rollback');
    holder.release();
    expect(await waiting).toMatchObject({ id: ids['ticket'] });
  });
});

describe('a caller without the right', () => {
  const writes = in_workspace.filter(({ method }) => method !== 'get');

  /** Locks all rows, except those of some tables, while a server runs that waits at most a second for a lock. */
  async function whileLocked(free: readonly string[], work: (impatient: TestServer) => Promise<void>): Promise<void> {
    const impatient = await startServer({ BATON_LOCK_TIMEOUT_MS: '1000' }, { database: server.database });
    const holder = await server.database.owner.connect();
    try {
      await holder.query('begin');
      for (const table of await tablesOf(server.database.owner, 'workspace')) {
        if (!free.includes(table)) await holder.query(`select 1 from ${table} for update`);
      }
      await work(impatient);
    } finally {
      await holder.query('rollback');
      holder.release();
      await impatient.stop();
    }
  }

  test('waits for no locked row of the workspace, whatever they try to write', async () => {
    expect(writes.length).toBeGreaterThan(20);
    await whileLocked([], async (impatient) => {
      for (const operation of writes) {
        const answer = await ask(operation, team.stranger.access_token, ids, undefined, { url: impatient.url });
        expect([operation.id, answer.status]).toEqual([operation.id, 404]);
      }
      // Control: a caller who may write does wait, and gets 503.
      const comment = in_workspace.find(({ id }) => id === 'create_comment');
      const waited = comment && (await ask(comment, team.member.access_token, ids, undefined, { url: impatient.url }));
      expect(waited?.status).toBe(503);
    });
  });

  // The right is checked again together with the write, so every lock that the write takes must depend on it.
  test('waits for no locked row even if they lost the right a moment ago', async () => {
    const { workspace_id, admin } = team;
    const turn = (removed_at: 'now()' | 'null') =>
      server.database.owner.query(
        `update memberships set removed_at = ${removed_at} where workspace_id = $1 and user_id = $2`,
        [workspace_id, admin.user.id],
      );
    const waited: unknown[] = [];
    await whileLocked(['memberships', 'workspaces'], async (impatient) => {
      const at = { url: impatient.url };
      const look = contracts.find(({ id }) => id === 'get_workspace') as Operation;
      for (const operation of writes) {
        expect((await ask(look, admin.access_token, ids, undefined, at)).status).toBe(200);
        await turn('now()');
        const { status } = await ask(operation, admin.access_token, ids, undefined, at);
        await turn('null');
        if (status !== 404) waited.push([operation.id, status]);
      }
    });
    expect(waited).toEqual([]);
  });
});

describe('row-level security', () => {
  async function asApp<T>(scope: string, text: string): Promise<T[]> {
    const client = await server.database.owner.connect();
    try {
      await client.query(`begin; set local role baton_app; ${scope}`);
      return (await client.query(text)).rows as T[];
    } finally {
      await client.query('rollback');
      client.release();
    }
  }

  const counted = async (scope: string, table: string) =>
    (await asApp<{ n: number }>(scope, `select count(*)::int as n from ${table}`))[0]?.n;

  test('hides rows of other workspaces in every table, and all rows if no workspace is set', async () => {
    const tables = await tablesOf(server.database.owner, 'workspace');
    expect(tables.length).toBeGreaterThan(10);
    for (const table of tables) {
      const { rows } = await server.database.owner.query<{ n: number }>(
        `select count(*)::int as n from ${table} where workspace_id = $1`,
        [team.workspace_id],
      );
      // The workspace sees its own rows, so the check below is not of an empty table.
      expect(rows[0]?.n, `${table} is empty: give it a row in furnished.ts`).toBeGreaterThan(0);
      expect([table, await counted(`set local app.workspace = '${team.workspace_id}'`, table)]).toEqual([
        table,
        rows[0]?.n,
      ]);
      expect([table, await counted(`set local app.workspace = '${absent}'`, table)]).toEqual([table, 0]);
      expect([table, await counted('', table)]).toEqual([table, 0]);
    }
  });

  test('refuses to insert a row of another workspace', async () => {
    const insert = `insert into memberships (workspace_id, user_id, role) values ('${team.workspace_id}', '${team.stranger.user.id}', 'owner')`;
    await expect(asApp(`set local app.workspace = '${absent}'`, insert)).rejects.toMatchObject({ code: '42501' });
  });

  test('hides rows of other accounts in every table, and all rows if no account is set', async () => {
    const own = team.member.user.id;
    const tables = await tablesOf(server.database.owner, 'account');
    expect(tables.length).toBeGreaterThan(5);
    for (const table of tables) {
      const seen = await asApp<{ user_id: string }>(
        `set local app.user_id = '${own}'`,
        `select distinct user_id from ${table}`,
      );
      expect([table, seen]).toEqual([table, [{ user_id: own }]]);
      expect([table, await counted('', table)]).toEqual([table, 0]);
    }
  });

  test('hides tickets of other workspaces even if a statement does not filter by workspace', async () => {
    const broken = await startServer(
      {},
      {
        database: server.database,
        patch: (text) =>
          text.replace(/t\.workspace_id = \$\d+ and p\.workspace_id = \$\d+ and/, (all) => {
            const [first = '$1', second = '$2'] = all.match(/\$\d+/g) ?? [];
            return `${first}::uuid is not null and ${second}::uuid is not null and`;
          }),
      },
    );
    try {
      const read = (workspace_id: string, token: string) =>
        fetch(`${broken.url}/v1/workspaces/${workspace_id}/tickets/${ids['ticket']}`, {
          headers: { authorization: `Bearer ${token}` },
        });
      expect((await read(team.workspace_id, team.member.access_token)).status).toBe(200);
      expect((await read(elsewhere, team.stranger.access_token)).status).toBe(404);
    } finally {
      await broken.stop();
    }
  });
});
