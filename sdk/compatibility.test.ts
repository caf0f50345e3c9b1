import { execFile, execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { clusterUrl, test_prefix } from '../proof/harness/database.ts';
import { startServing } from '../proof/harness/served.ts';
import { startServer, type TestServer } from '../proof/harness/server.ts';
import { presentContract, releasedContract } from './compatibility/contract.ts';
import { type AnyClient, useEverything } from './compatibility/everything.ts';
import { createClient, type RawResponse } from './index.ts';
import * as former from './releases/0.2.0/index.ts';

// The SDKs of the last release and of today, each against the other's server. If one of them is upgraded before the
// other, everything works except what is listed here.

/** The commit that 0.2.0 was built from. */
const former_commit = '63d46a1';
const former_contract = releasedContract('0.2.0');
const contract = presentContract();

/** What was broken on purpose since 0.2.0. The changelog tells those who upgrade. */
const broken: Record<string, string> = {
  // Without `version` or If-Match, a write over a whole value could overwrite what its author hadn't seen.
  update_me: 'precondition_required',
  update_workspace: 'precondition_required',
  update_member: 'precondition_required',
  update_project: 'precondition_required',
  replace_workflow: 'precondition_required',
  set_assignee: 'precondition_required',
  update_comment: 'precondition_required',
};

/** Records a response of each operation, if possible a successful one. */
function recorder() {
  const responses = new Map<string, RawResponse>();
  const on_response = (operation: string, response: RawResponse) => {
    if (response.status < 300 || !responses.has(operation)) responses.set(operation, response);
  };
  return { responses, on_response };
}

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.stop());

const operations = Object.keys(former_contract.operations);
/** This operation needs a token that only the operator can create. Its refusal has a code that both versions know. */
const refused = { reset_password: 'invalid_reset_token' };

describe('the SDK of 0.2.0 against this server', () => {
  const connect = (on_response?: (operation: string, response: RawResponse) => void) =>
    former.createClient({ base_url: server.url, ...(on_response && { on_response }) }) as unknown as AnyClient;

  test('succeeds with every operation that it has, and understands every response', async () => {
    const { responses, on_response } = recorder();
    await useEverything(() => connect(on_response));
    expect([...responses.keys()].sort()).toEqual([...operations].sort());
    const faults = [...responses].flatMap(([id, response]) =>
      id in refused ? [] : former_contract.faultsOfResponse(id, response),
    );
    expect(faults).toEqual([]);
    expect(responses.get('reset_password')).toMatchObject({ status: 401, body: { code: refused.reset_password } });
  });

  test('is refused if it names no version, but only in the listed operations', async () => {
    const sdk = former.createClient({ base_url: server.url });
    const email = `${randomBytes(8).toString('hex')}@example.com`;
    const { access_token, user } = await sdk.register({ body: { email, password: 'long enough to take', name: 'A' } });
    sdk.access_token = access_token;
    const { id: workspace_id } = await sdk.create_workspace({ body: { name: 'W' } });
    const { id: project_id } = await sdk.create_project({ workspace_id, body: { key: 'ENG', name: 'E' } });
    const p = { workspace_id, project_id };
    const { key: ticket } = await sdk.create_ticket({ ...p, body: { title: 'T' } });
    const t = { workspace_id, ticket };
    const { id: comment_id } = await sdk.create_comment({ ...t, body: { body: 'C' } });
    const { project_id: _, version: __, ...workflow } = await sdk.get_workflow(p);
    // In an order in which each would succeed.
    const calls: Record<string, () => Promise<unknown>> = {
      update_me: () => sdk.update_me({ body: { name: 'B' } }),
      update_workspace: () => sdk.update_workspace({ workspace_id, body: { name: 'X' } }),
      update_member: () => sdk.update_member({ workspace_id, user_id: user.id, body: { role: 'owner' } }),
      update_project: () => sdk.update_project({ ...p, body: { name: 'F' } }),
      replace_workflow: () => sdk.replace_workflow({ ...p, body: workflow }),
      update_ticket: () => sdk.update_ticket({ ...t, body: { title: 'U', version: 1 } }),
      set_assignee: () => sdk.set_assignee({ ...t, body: { assignee_id: user.id } }),
      transition_ticket: () => sdk.transition_ticket({ ...t, body: { to: 'in_progress' } }),
      update_comment: () => sdk.update_comment({ ...t, comment_id, body: { body: 'D' } }),
      delete_comment: () => sdk.delete_comment({ ...t, comment_id }),
      delete_ticket: () => sdk.delete_ticket(t),
      restore_ticket: () => sdk.restore_ticket(t),
      archive_project: () => sdk.archive_project(p),
      delete_workspace: () => sdk.delete_workspace({ workspace_id }),
    };
    const found: Record<string, string> = {};
    for (const [id, call] of Object.entries(calls)) {
      await call().catch((error: unknown) => {
        found[id] = error instanceof former.BatonApiError ? error.code : String(error);
      });
    }
    expect(found).toEqual(broken);
  });

  test('walks lists, and throws the problems that it knows with their members', async () => {
    const sdk = former.createClient({ base_url: server.url });
    const email = `${randomBytes(8).toString('hex')}@example.com`;
    sdk.access_token = (
      await sdk.register({ body: { email, password: 'long enough to take', name: 'A' } })
    ).access_token;
    const { id: workspace_id } = await sdk.create_workspace({ body: { name: 'W' } });
    const { id: project_id } = await sdk.create_project({ workspace_id, body: { key: 'ENG', name: 'E' } });
    for (const title of ['1', '2', '3']) await sdk.create_ticket({ workspace_id, project_id, body: { title } });
    const titles: string[] = [];
    for await (const { title } of sdk.pages.list_tickets({ workspace_id, limit: 2, sort: 'created_at' }))
      titles.push(title);
    expect(titles).toEqual(['1', '2', '3']);
    // Also broken on purpose: `fields` added the description to the other fields in 0.2.0; now it names all that are
    // returned.
    const { data } = await sdk.list_tickets({ workspace_id, fields: 'description' });
    expect(data.map((ticket) => Object.keys(ticket))).toEqual([['description'], ['description'], ['description']]);
    await expect(
      sdk.transition_ticket({ workspace_id, ticket: 'ENG-1', body: { to: 'closed' } }),
    ).rejects.toMatchObject({
      name: 'BatonApiError',
      code: 'transition_not_allowed',
      problem: { current_status: 'open', allowed_transitions: ['in_progress'] },
    });
  });
});

describe('this SDK against a server of 0.2.0', () => {
  test('sends nothing that the server refuses, except keys, which it then omits', async () => {
    const faults = new Set<string>();
    /** Forwards requests to the server of today, after checking that one of 0.2.0 would accept them. */
    const guarded: typeof fetch = async (input, init) => {
      const headers = new Headers(init?.headers);
      const { body = null, method = 'GET' } = init ?? {};
      const sent = typeof body === 'string' ? (JSON.parse(body) as unknown) : undefined;
      if (headers.has('idempotency-key')) {
        const code = 'idempotency_key_unsupported';
        const problem = { type: `/docs/errors#${code}`, title: 'No', status: 400, code };
        return Response.json(problem, { status: 400, headers: { 'content-type': 'application/problem+json' } });
      }
      const url = new URL(input instanceof Request ? input.url : input);
      for (const fault of former_contract.faultsOfRequest({ method, url, headers, body: sent })) faults.add(fault);
      return fetch(input, init);
    };
    const { responses, on_response } = recorder();
    await useEverything(
      () => createClient({ base_url: server.url, fetch: guarded, on_response }) as unknown as AnyClient,
    );
    expect([...responses.keys()].sort()).toEqual([...operations].sort());
    expect([...faults]).toEqual([]);
  });

  test('control: a request that the server would refuse is noticed', () => {
    const url = new URL('http://127.0.0.1/v1/me?fields=name');
    const sent = {
      method: 'PATCH',
      url,
      headers: new Headers({ 'idempotency-key': 'k' }),
      body: { name: 'A', more: 1 },
    };
    expect(former_contract.faultsOfRequest(sent)).toEqual([
      'update_me: the parameter fields is unknown',
      'update_me: Idempotency-Key is not supported',
      expect.stringContaining('more'),
    ]);
    const response = { status: 200, headers: new Headers(), body: { id: 1 } };
    expect(contract.faultsOfResponse('get_me', response).join()).toContain('email');
    expect(contract.faultsOfResponse('get_me', response, { earlier: true })).toEqual([
      expect.stringContaining(': id: '),
    ]);
  });
});

/** Starts the server of 0.2.0 from the git history, with a database of its own. */
async function startFormer() {
  const root = path.resolve(import.meta.dirname, '..');
  const dir = mkdtempSync(path.join(os.tmpdir(), 'baton-former-'));
  mkdirSync(path.join(dir, 'tree'));
  const archive = path.join(dir, 'tree.tar');
  await promisify(execFile)('git', ['archive', '-o', archive, former_commit, 'server', 'docs', 'package.json'], {
    cwd: root,
  });
  await promisify(execFile)('tar', ['-xf', archive, '-C', path.join(dir, 'tree')]);
  symlinkSync(path.join(root, 'node_modules'), path.join(dir, 'tree', 'node_modules'));
  const name = `${test_prefix}${randomBytes(6).toString('hex')}`;
  const admin = new pg.Client({ connectionString: clusterUrl('postgres') });
  await admin.connect();
  await admin.query(`create database ${name}`);
  const served = await startServing({
    main: path.join(dir, 'tree/server/src/main.ts'),
    database_url: clusterUrl(name),
    // Without the settings that it doesn't know.
    env: { BATON_MIGRATE: 'on', BATON_AUDIT_KEY: '', BATON_AUDIT_INTERVAL_S: '', BATON_ATTACHMENTS_DIR: '' },
  });
  return {
    url: served.url,
    stop: async () => {
      await served.stop();
      await admin.query(`drop database ${name} with (force)`);
      await admin.end();
      rmSync(dir, { recursive: true });
    },
  };
}

function hasHistory(): boolean {
  try {
    execFileSync('git', ['cat-file', '-e', former_commit], { cwd: import.meta.dirname, stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

// A copy without the git history, or with a shallow one, has no server of 0.2.0. There, the tests above must suffice.
test.skipIf(!hasHistory())(
  'a server of 0.2.0 serves this SDK, which understands every response',
  async () => {
    const old = await startFormer();
    try {
      const { responses, on_response } = recorder();
      await useEverything(() => createClient({ base_url: old.url, on_response }) as unknown as AnyClient);
      expect([...responses.keys()].sort()).toEqual([...operations].sort());
      const faults = [...responses].flatMap(([id, response]) =>
        id in refused ? [] : contract.faultsOfResponse(id, response, { earlier: true }),
      );
      expect(faults).toEqual([]);
    } finally {
      await old.stop();
    }
  },
  120_000,
);
