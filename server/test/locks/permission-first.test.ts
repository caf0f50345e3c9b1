import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { accessOf } from '../../src/access/policy.ts';
import { contracts } from '../../src/contracts.ts';
import type { Operation } from '../../src/http/contract.ts';
import { tablesOf } from '../../../proof/harness/tables.ts';
import { makeTeam, makeTicket, type Team } from '../../../proof/harness/make.ts';
import { joinWorkspace, registerPerson, type Person } from '../../../proof/harness/people.ts';
import { startServer, type TestServer } from '../../../proof/harness/server.ts';

// A refusal that first read what was asked for would tell by its time whether that exists.

let server: TestServer;
let team: Team;
let former: Person;
let ended: Person;
let with_other_scope: string;
let ids: Record<string, string>;
/** The statements that the server has sent to the database. */
let sent: string[] = [];
let data: RegExp;

/** Tables that permissions are read from. */
const of_permissions = ['memberships', 'api_tokens'];

beforeAll(async () => {
  server = await startServer({}, { patch: (text) => (sent.push(text), text) });
  team = await makeTeam(server);
  const { workspace_id, project_id, owner } = team;
  [former, ended] = await Promise.all([registerPerson(server), registerPerson(server)]);
  await joinWorkspace(owner, former, workspace_id, 'member');
  await joinWorkspace(owner, ended, workspace_id, 'member');
  await owner.client.remove_member({ workspace_id, user_id: former.user.id });
  await ended.client.logout();
  const other = { name: 'Other', scopes: ['workspace:read' as const] };
  with_other_scope = (await owner.client.create_token({ workspace_id, body: other })).token;
  const ticket = (await makeTicket(team)).id;
  const comment_id = (await team.member.client.create_comment({ workspace_id, ticket, body: { body: 'A word.' } })).id;
  ids = {
    workspace_id,
    project_id,
    ticket,
    comment_id,
    user_id: owner.user.id,
    sequence: '1',
    level: '0',
    tile: '000',
  };
  const tables = (await tablesOf(server.database.owner, 'workspace')).filter((name) => !of_permissions.includes(name));
  data = new RegExp(`\\b(?:from|join|update|into)\\s+(?:${tables.join('|')})\\b`, 'i');
  // For a caller admitted a moment ago, the next request checks the permission together with the read. Use that up.
  for (const { access_token } of [former, ended]) await ask('get_workspace', access_token);
});
afterAll(() => server.stop());

async function ask(id: string, token: string): Promise<number> {
  const { method, path, query } = contracts.find((one) => one.id === id) as Operation;
  const absent = '00000000-0000-4000-8000-000000000000';
  const url = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => ids[name] ?? absent);
  const fields = query !== undefined && 'q' in query.shape ? '?q=a' : '';
  const response = await fetch(`${server.url}${url}${fields}`, {
    method: method.toUpperCase(),
    headers: { authorization: `Bearer ${token}` },
  });
  return response.status;
}

const reads = contracts.filter(({ id, method }) => method === 'get' && typeof accessOf(id) !== 'string');

describe.each(reads.map(({ id }) => id))('a refused %s', (id) => {
  test('has not read any data of the workspace', async () => {
    const callers: [who: string, token: string, status: number][] = [
      ['a stranger', team.stranger.access_token, 404],
      ['a former member', former.access_token, 404],
      ['an ended session', ended.access_token, 401],
    ];
    if (id !== 'get_workspace') callers.push(['a token of another scope', with_other_scope, 403]);
    if (!accessOf(id).includes('viewer')) callers.push(['a viewer', team.viewer.access_token, 403]);
    for (const [who, token, status] of callers) {
      sent = [];
      expect([who, await ask(id, token)]).toEqual([who, status]);
      expect([who, sent.filter((text) => data.test(text))]).toEqual([who, []]);
    }
  });
});

test('control: a request that is allowed reads those tables', async () => {
  sent = [];
  expect(await ask('list_tickets', team.member.access_token)).toBe(200);
  expect(sent.filter((text) => data.test(text))).not.toEqual([]);
});

test('only members learn that a workspace is full', async () => {
  const create = async (token: string, description = '') => {
    const response = await fetch(
      `${server.url}/v1/workspaces/${ids['workspace_id']}/projects/${ids['project_id']}/tickets`,
      {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: JSON.stringify({ title: 'T', description }),
      },
    );
    return response.status;
  };
  const large = 'x'.repeat(100_000); // so large that it is certainly counted
  await create(team.member.access_token, large);
  await server.database.owner.query('update workspace_usage set bytes = 1e15');
  await create(team.member.access_token, large);
  expect(await create(team.member.access_token)).toBe(409);
  expect(await create(team.stranger.access_token)).toBe(404);
  expect(await create(former.access_token)).toBe(404);
  expect(await create(ended.access_token)).toBe(401);
});
