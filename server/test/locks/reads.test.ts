import { setTimeout as sleep } from 'node:timers/promises';
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { z } from 'zod';
import { presets } from '../../src/projects/workflow-definition.ts';
import { isRead } from '../../src/http/contract.ts';
import { contracts } from '../../src/contracts.ts';
import { makeAttachment } from '../../../proof/harness/attachments.ts';
import { makeNotification, makeTeam, makeWebhook, type Team } from '../../../proof/harness/make.ts';
import { joinWorkspace, registerPerson, someAddress } from '../../../proof/harness/people.ts';
import { fill } from '../../../proof/prove/tenancy/requests.ts';
import { startServer, type TestServer } from '../../../proof/harness/server.ts';

// What all reads have in common, tested for each.

let server: TestServer;
let team: Team;

beforeAll(async () => {
  server = await startServer();
  team = await makeTeam(server, 'standard');
});
afterAll(() => server.stop());

/** Reads a path as the owner. */
function read(path: string, headers: Record<string, string> = {}, token = team.owner.access_token): Promise<Response> {
  return fetch(server.url + path, { headers: { authorization: `Bearer ${token}`, ...headers } });
}

async function someTicket(fields: { description?: string } = {}) {
  const { workspace_id, project_id } = team;
  const body = { title: 'T', ...fields };
  const { id: ticket } = await team.owner.client.create_ticket({ workspace_id, project_id, body });
  return { workspace_id, ticket };
}

/** The path of each read, for something that exists. */
async function readable(): Promise<Map<string, string>> {
  const { owner, project_id } = team;
  const at = await someTicket();
  const key = randomUUID();
  const keyed = { ...at, idempotency_key: key, body: { body: 'c' } };
  const { id: comment_id } = await owner.client.create_comment(keyed);
  await owner.client.update_comment({ ...at, comment_id, body: { body: 'd', version: 1 } });
  await owner.client.add_reaction({ ...at, comment_id, emoji: '👍' });
  await owner.client.transition_ticket({ ...at, body: { to: 'in_progress' } });
  const invited = { email: someAddress(), role: 'viewer' } as const;
  const { id: invitation_id } = await owner.client.create_invitation({ workspace_id: at.workspace_id, body: invited });
  const { id: bot_id } = await owner.client.create_bot({ workspace_id: at.workspace_id, body: { name: 'Bot' } });
  const session_id = (await owner.client.list_sessions()).data[0]?.id ?? '';
  const token = { name: 'Read', scopes: ['tickets:read' as const] };
  const { id: token_id } = await owner.client.create_token({ workspace_id: at.workspace_id, body: token });
  const { id: view_id } = await owner.client.create_view({ workspace_id: at.workspace_id, body: { name: 'All' } });
  const webhook = await makeWebhook(server.database, owner, at.workspace_id);
  const told = await makeNotification(server.database, { by: team.member, of: owner }, at);
  const ids: Record<string, string> = {
    ...{ ...at, ...told, project_id, comment_id, invitation_id, session_id, token_id, bot_id, view_id, key },
    ...{ ...webhook, ...(await makeAttachment(owner, at)) },
    ...{ user_id: owner.user.id, sequence: '1', level: '0', tile: '000.p/1' },
  };
  return new Map(contracts.filter(isRead).map((operation) => [operation.id, fill(operation, ids)]));
}

describe('a conditional read', () => {
  const kept = ({ headers }: Response) => ['etag', 'cache-control', 'vary'].map((name) => headers.get(name));

  test('of every operation returns 304 without a body to a client that has the current state, with ETag, Cache-Control and Vary', async () => {
    for (const [id, path] of await readable()) {
      // Ages are as of the start of the minute, which must not end before the last request about them.
      if (id === 'get_ageing') while (new Date().getSeconds() >= 55) await sleep(200);
      const whole = await read(path);
      const tag = whole.headers.get('etag') ?? '';
      expect([id, whole.status, await read(path).then(kept)]).toEqual([id, 200, kept(whole)]);
      const vary = `Authorization${id === 'read_events' ? ', Accept' : ''}`;
      const cache = id === 'get_audit_tile' ? 'private, no-cache' : 'no-store';
      expect([id, ...kept(whole)]).toEqual([id, expect.stringMatching(/./), cache, vary]);
      for (const known of [tag, `"x", ${tag}`, '*', tag.startsWith('W/') ? tag.slice(2) : `W/${tag}`]) {
        const unchanged = await read(path, { 'if-none-match': known });
        expect([id, known, unchanged.status, await unchanged.text()]).toEqual([id, known, 304, '']);
        expect(kept(unchanged)).toEqual(kept(whole));
        expect(unchanged.headers.get('content-type')).toBeNull();
      }
      for (const other of ['"1"', '"1-AAAAAAAAAAAAAAAAAAAAAA"', 'W/"x"']) {
        expect([id, other, (await read(path, { 'if-none-match': other })).status]).toEqual([id, other, 200]);
      }
      expect([id, (await read(path, { 'if-none-match': 'x' })).status]).toEqual([id, 400]);
    }
  });

  test('works the same with HEAD', async () => {
    const path = (await readable()).get('get_ticket') ?? '';
    const head = (headers: Record<string, string>) =>
      fetch(server.url + path, {
        method: 'HEAD',
        headers: { authorization: `Bearer ${team.owner.access_token}`, ...headers },
      });
    const whole = await read(path);
    const tag = whole.headers.get('etag') ?? '';
    const same = await head({});
    expect([same.status, kept(same)]).toEqual([200, kept(whole)]);
    expect(Number(same.headers.get('content-length'))).toBe((await whole.arrayBuffer()).byteLength);
    expect((await head({ 'if-none-match': tag })).status).toBe(304);
  });

  test('notices every change of the response, and If-Match only changes of the version', async () => {
    const at = await someTicket();
    const { owner, admin, workspace_id, project_id } = team;
    const path = `/v1/workspaces/${workspace_id}/tickets/${at.ticket}`;
    const tag = async () => (await read(path)).headers.get('etag') ?? '';
    const tags = [await tag()];
    const next = async (change: () => Promise<unknown>) => {
      const before = tags.at(-1) ?? '';
      await change();
      expect((await read(path, { 'if-none-match': before })).status).toBe(200);
      tags.push(await tag());
    };
    await next(() => admin.client.create_comment({ ...at, body: { body: 'c' } }));
    const { statuses, transitions, ...rest } = presets.standard;
    const fewer = { ...rest, statuses, transitions: transitions.slice(1) };
    await next(() => admin.client.replace_workflow({ workspace_id, project_id, if_match: '*', body: fewer }));
    await next(() => admin.client.archive_project({ workspace_id, project_id }));
    await next(() =>
      admin.client.update_project({ workspace_id, project_id, if_match: '*', body: { archived: false } }),
    );
    const restored = { ...rest, statuses, transitions };
    await next(() => admin.client.replace_workflow({ workspace_id, project_id, if_match: '*', body: restored }));
    // A viewer may not move the ticket, and sees no allowed transitions.
    expect((await read(path, { 'if-none-match': tags.at(-1) ?? '' }, team.viewer.access_token)).status).toBe(200);

    // None of that changed the ticket: an edit may still be based on the first tag, but no further one.
    const edit = (if_match: string, title: string) =>
      owner.client.raw.update_ticket({ ...at, if_match, body: { title } });
    const edited = await edit(tags[0] ?? '', 'Edited');
    expect(edited.status).toBe(200);
    expect(edited.headers.get('etag')).toBe(await tag());
    expect((await edit(tags[0] ?? '', 'Edited again')).status).toBe(412);
    expect((await read(path, { 'if-match': tags[0] ?? '' })).status).toBe(412);
    expect((await read(path, { 'if-match': edited.headers.get('etag') ?? '' })).status).toBe(200);
  });

  test('also works for a long text', async () => {
    const { ticket } = await someTicket({ description: 'x'.repeat(200_000) });
    const path = `/v1/workspaces/${team.workspace_id}/tickets/${ticket}`;
    const tag = (await read(path)).headers.get('etag') ?? '';
    expect((await read(path, { 'if-none-match': tag })).status).toBe(304);
    expect((await read(path, { 'if-none-match': '"1"' })).status).toBe(200);
  });

  test('returns 404 to a former member with the right tag', async () => {
    const { workspace_id, owner } = team;
    const guest = await registerPerson(server);
    await joinWorkspace(owner, guest, workspace_id, 'viewer');
    const path = `/v1/workspaces/${workspace_id}/projects/ENG`;
    const tag = (await read(path, {}, guest.access_token)).headers.get('etag') ?? '';
    expect((await read(path, { 'if-none-match': tag }, guest.access_token)).status).toBe(304);
    await owner.client.remove_member({ workspace_id, user_id: guest.user.id });
    expect((await read(path, { 'if-none-match': tag }, guest.access_token)).status).toBe(404);
  });

  test('control: the response to a write has no such tag', async () => {
    const signed_in = await fetch(`${server.url}/v1/auth/login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ email: team.owner.email, password: team.owner.password }),
    });
    expect([signed_in.status, signed_in.headers.get('etag')]).toEqual([200, null]);
  });
});

describe('a read of some fields', () => {
  /** The fields of a read's resource, or of each item of its list. */
  function fieldsOf(id: string): string[] {
    const { response } = contracts.find((contract) => contract.id === id) ?? {};
    const { shape } = response as z.ZodObject;
    const item = (shape['data'] as z.ZodArray<z.ZodObject> | undefined)?.element.shape;
    return Object.keys(item ?? shape);
  }

  const shown = (body: unknown) => {
    const { data } = body as { data?: object[] };
    return Object.keys((data === undefined ? body : data[0]) as object).sort();
  };

  test('returns only those fields, for any of them in every operation', async () => {
    for (const [id, path] of await readable()) {
      if (contracts.find((contract) => contract.id === id)?.media !== undefined) continue; // its response is not JSON
      const names = fieldsOf(id);
      expect([id, names.length]).not.toEqual([id, 0]);
      if (names.length === 1) continue; // there is no field to leave out
      for (const some of [...names.map((name) => [name]), names.slice(0, 2), names]) {
        const answer = await read(`${path}?fields=${some.join()}`);
        expect([id, some, shown(await answer.json())]).toEqual([id, some, some.toSorted()]);
      }
      const [first = ''] = names;
      expect(shown(await (await read(`${path}?fields=${first},${first}`)).json())).toEqual([first]);
      const unknown = await read(`${path}?fields=__proto__`);
      expect([id, unknown.status, await unknown.json()]).toEqual([
        ...[id, 422],
        expect.objectContaining({
          errors: [{ parameter: 'fields', detail: `Expected one or more of: ${names.join(', ')}.` }],
        }),
      ]);
    }
  });

  test('has an ETag of its own that an edit may be based on', async () => {
    const at = await someTicket();
    const path = `/v1/workspaces/${at.workspace_id}/tickets/${at.ticket}`;
    const [some, whole] = [await read(`${path}?fields=status`), await read(path)];
    const tag = some.headers.get('etag') ?? '';
    expect(tag).toMatch(/^"1-/);
    expect(tag).not.toBe(whole.headers.get('etag'));
    expect((await read(`${path}?fields=status`, { 'if-none-match': tag })).status).toBe(304);
    const edited = await team.owner.client.raw.update_ticket({ ...at, if_match: tag, body: { title: 'Edited' } });
    expect(edited.status).toBe(200);
  });

  test('accepts the cursor of a read of other fields, and a list returns descriptions if they are named', async () => {
    const { workspace_id, owner } = team;
    await someTicket({ description: 'One.' });
    await someTicket({ description: 'Two.' });
    const first = await owner.client.list_tickets({ workspace_id, limit: 1, fields: 'id,description' });
    expect(first.data).toEqual([{ id: expect.any(String) as unknown, description: 'Two.' }]);
    const cursor = first.next_cursor ?? '';
    const second = await owner.client.list_tickets({ workspace_id, limit: 1, fields: 'description', cursor });
    expect(second.data).toEqual([{ description: 'One.' }]);
    const [plain] = (await owner.client.list_tickets({ workspace_id, limit: 1 })).data;
    expect(plain).not.toHaveProperty('description');
  });
});

describe('a list', () => {
  test('links to its next page with the same filters and the next cursor, until there is none', async () => {
    const { workspace_id, owner } = team;
    for (const label of ['a<b>"c"; d é', 'other']) {
      for (const title of ['one', 'two', 'three']) {
        const body = { title, labels: [label] };
        await owner.client.create_ticket({ workspace_id, project_id: team.project_id, body });
      }
    }
    const label = encodeURIComponent('a<b>"c"; d é');
    const titles: string[] = [];
    let next: string | undefined =
      `/v1/workspaces/${workspace_id}/tickets?label=${label}&sort=created_at&limit=2&cursor=start&fields=title`;
    let pages = 0;
    for (; next !== undefined; pages++) {
      const page: Response = await read(next);
      const { data, next_cursor } = (await page.json()) as { data: { title: string }[]; next_cursor: string | null };
      titles.push(...data.map(({ title }) => title));
      const link: string | null = page.headers.get('link');
      next = /^<([^<>]+)>; rel="next"$/.exec(link ?? '')?.[1];
      expect(link === null).toBe(next_cursor === null);
      if (next !== undefined) expect(new URL(next, server.url).searchParams.get('cursor')).toBe(next_cursor);
    }
    expect([titles, pages]).toEqual([['one', 'two', 'three'], 2]);
  });
});

test('a filter takes several values, and a comma within a value is escaped by a backslash', async () => {
  const { workspace_id, project_id, owner } = team;
  const made: string[] = [];
  for (const labels of [['x, y'], ['x', 'z'], ['w']]) {
    const body = { title: 'Labelled', labels, priority: labels.length === 2 ? ('high' as const) : ('low' as const) };
    made.push((await owner.client.create_ticket({ workspace_id, project_id, body })).id);
  }
  const [comma, both, other] = made;
  const found = async (filter: object) =>
    (await owner.client.list_tickets({ workspace_id, sort: 'created_at', ...filter })).data.map(({ id }) => id);
  expect(await found({ label: 'x\\, y' })).toEqual([comma]);
  expect(await found({ label: 'z,x' })).toEqual([both]);
  expect(await found({ label: 'w,x,z,x\\, y' })).toEqual([comma, both, other]);
  expect(await found({ label: 'w,x,x\\, y', priority: 'high,urgent', status: 'open,closed' })).toEqual([both]);
  expect(await found({ label: 'w,x', assignee: 'none,me', reporter: 'me' })).toEqual([both, other]);
  expect(await found({ label: 'w,x', sort: '-updated_at' })).toEqual([other, both]);
  for (const status of ['open,', 'open,Nonsense', Array.from({ length: 11 }, (_, n) => `s${n}`).join()]) {
    const refused = await owner.client.raw.list_tickets({ workspace_id, status });
    expect(refused).toMatchObject({ status: 422, body: { errors: [{ parameter: 'status' }] } });
  }
});

describe('a trace', () => {
  const trace_id = '0af7651916cd43dd8448eb211c80319c';

  test('is returned and logged, and an invalid one is ignored', async () => {
    const lines: string[] = [];
    const log_to = (line: string) => lines.push(line);
    const logging = await startServer({ LOG_LEVEL: 'info' }, { database: server.database, log_to });
    const ask = (traceparent: string) => fetch(`${logging.url}/v1/me`, { headers: { traceparent } });
    const traced = await ask(`00-${trace_id}-b7ad6b7169203331-01`);
    const [, span_id] = /^00-0af7651916cd43dd8448eb211c80319c-([\da-f]{16})-01$/.exec(
      traced.headers.get('traceresponse') ?? '',
    ) ?? ['', 'none'];
    const untraced = await ask(`00-${trace_id}-none-01"}`);
    await logging.stop();
    expect([traced.status, untraced.status, untraced.headers.get('traceresponse')]).toEqual([401, 401, null]);
    const said = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
    const logged = said.filter(({ msg }) => msg === 'request');
    expect(logged[0]).toMatchObject({ trace_id, span_id, parent_id: 'b7ad6b7169203331', operation: 'get_me' });
    expect(logged[1]).not.toHaveProperty('trace_id');
    expect(await traced.text(), 'the problem does not depend on the trace').toBe(await untraced.text());
  });
});
