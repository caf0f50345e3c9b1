import { once } from 'node:events';
import net from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeTeam, makeTicket, type Team } from '../../../proof/harness/make.ts';
import { startServer, type TestServer } from '../../../proof/harness/server.ts';
import { as, json, refused, type Problem } from './refused.ts';

let server: TestServer;
let team: Team;

beforeAll(async () => {
  server = await startServer({ BATON_RESPONSE_MEMORY_MIB: '8' });
  team = await makeTeam(server);
});
afterAll(() => server.stop());

test('a write that takes no body refuses one and changes nothing', async () => {
  const { workspace_id, owner } = team;
  const { id } = await makeTicket(team);
  const url = `${server.url}/v1/workspaces/${workspace_id}/tickets/${id}`;
  const remove = (init: RequestInit) => fetch(url, { method: 'DELETE', ...init, headers: as(owner, json) });
  for (const body of ['{"version":7}', '[]', 'x'.repeat(100_000)]) {
    const answer = await remove({ body });
    expect([answer.status, await answer.json()]).toEqual([
      422,
      expect.objectContaining({
        errors: [{ pointer: '', detail: 'This operation takes no body. Send the version as If-Match.' }],
      }),
    ]);
  }
  expect((await remove({ body: '{}' })).status).toBe(204);
  const restored = await fetch(`${url}/restore`, { method: 'POST', headers: as(owner) });
  expect(restored.status).toBe(200);
});

describe('a merge patch', () => {
  const type = 'application/merge-patch+json';
  const send = (method: string, path: string, content_type: string, body: object) =>
    fetch(`${server.url}/v1/workspaces/${team.workspace_id}${path}`, {
      method,
      body: JSON.stringify(body),
      headers: as(team.member, { 'content-type': content_type }),
    });

  test('edits like a JSON body: null removes a value, and omitted fields stay', async () => {
    const { id, title } = await makeTicket(team);
    const dated = await send('PATCH', `/tickets/${id}`, `${type}; charset=utf-8`, { version: 1, due_on: '2026-12-24' });
    expect([dated.status, await dated.json()]).toEqual([200, expect.objectContaining({ due_on: '2026-12-24', title })]);
    const cleared = await send('PATCH', `/tickets/${id}`, type, { version: 2, due_on: null });
    expect(await cleared.json()).toMatchObject({ due_on: null, title, version: 3 });
    expect((await send('PATCH', `/tickets/${id}`, type, { version: 3, title: null })).status).toBe(422);
  });

  test('is named in Accept-Patch when another type is refused, and only PATCH accepts it', async () => {
    const { id } = await makeTicket(team);
    const patch = await send('PATCH', `/tickets/${id}`, 'application/json-patch+json', { version: 1, title: 'U' });
    expect([patch.status, patch.headers.get('accept-patch')]).toEqual([415, `application/json, ${type}`]);
    const post = await send('POST', `/tickets/${id}/comments`, type, { body: 'c' });
    expect([post.status, post.headers.get('accept'), post.headers.get('accept-patch')]).toEqual([
      ...[415, 'application/json', null],
    ]);
    const put = await fetch(`${server.url}/v1/workspaces/${team.workspace_id}/tickets/${id}`, {
      method: 'PUT',
    });
    expect([put.status, put.headers.get('allow'), put.headers.get('accept-patch')]).toEqual([
      ...[405, 'GET, HEAD, PATCH, DELETE', `application/json, ${type}`],
    ]);
    expect(await team.member.client.get_ticket({ workspace_id: team.workspace_id, ticket: id })).toMatchObject({
      ...{ version: 1, title: 'A ticket' },
    });
  });
});

describe('bodies', () => {
  const create = (body: string) =>
    fetch(`${server.url}/v1/workspaces/${team.workspace_id}/projects/${team.project_id}/tickets`, {
      method: 'POST',
      body,
      headers: as(team.member, json),
    });

  test.each([
    ['an unknown field', '{"title":"T","colour":"red"}'],
    ['a prototype', '{"title":"T","__proto__":{"priority":"high"}}'],
    ['a NUL', '{"title":"T\\u0000"}'],
    ['a lone surrogate', '{"title":"T\\ud800"}'],
    ['a number that is too large', '{"title":"T","due_on":1e999}'],
    ['a wrong type', '{"title":["T"]}'],
    ['no title', '{"title":"   "}'],
    ['a title of two lines', '{"title":"T\\u2028U"}'],
    ['a title that reverses its direction', '{"title":"\\u202egnp.exe"}'],
    ['a label that looks like another', '{"title":"T","labels":["bu\\u200bg"]}'],
    [
      'a description of combining marks',
      JSON.stringify({ title: 'T', description: `a${'\u0315\u0316'.repeat(30_000)}` }),
    ],
    ['an impossible day', '{"title":"T","due_on":"2026-02-30"}'],
    ['too many labels', JSON.stringify({ title: 'T', labels: Array.from({ length: 51 }, (_, n) => `l${n}`) })],
    ['the year 0', '{"title":"T","due_on":"0000-01-01"}'],
    [
      'an object of thousands of fields',
      `{"title":"T",${Array.from({ length: 10_000 }, (_, n) => `"f${n}":1`).join()}}`,
    ],
  ])('with %s are refused as invalid', async (_, body) => {
    const answer = await create(body);
    expect(answer.status).toBe(422);
    expect((await answer.json()) as Problem).toMatchObject({ code: 'validation_failed' });
  });

  test('and filters are stored and compared in the composed form of Unicode', async () => {
    const { workspace_id, project_id, member } = team;
    const body = { title: 'cafe\u0301', labels: ['caf\u00e9', 'cafe\u0301'], description: 'A\u030a\r\nb\u001b[0m\rc' };
    const ticket = await member.client.create_ticket({ workspace_id, project_id, body });
    expect(ticket).toMatchObject({ title: 'café', labels: ['café'], description: 'Å\nb\u001b[0m\rc' });
    for (const label of ['caf\u00e9', 'cafe\u0301']) {
      const { data } = await member.client.list_tickets({ workspace_id, label });
      expect(data.map(({ id }) => id)).toEqual([ticket.id]);
    }
    // An edit that is the same in composed form is no change.
    const edit = { title: 'cafe\u0301', labels: ['cafe\u0301'], version: 1 };
    expect((await member.client.update_ticket({ workspace_id, ticket: ticket.id, body: edit })).version).toBe(1);
    const long = { title: 'e\u0301'.repeat(512) };
    expect((await member.client.create_ticket({ workspace_id, project_id, body: long })).title).toBe('é'.repeat(512));
  });

  test.each([
    ['deeper', `{"title":${'['.repeat(100_000)}${']'.repeat(100_000)}}`],
    ['wider', `{"title":"T",${Array.from({ length: 400_000 }, (_, n) => `"f${n}":1`).join()}}`],
  ])('that are %s than any contract allows are refused without being parsed', async (_, body) => {
    const answer = await create(body);
    expect(answer.status).toBe(413);
    expect((await answer.json()) as Problem).toMatchObject({ code: 'body_too_large' });
  });

  test.each(['0000-01-01T00:00:00Z', '2026-11-24T09:05:00+16:00', '2026-11-24T09:05:00-23:59'])(
    'and queries with %s, a time that PostgreSQL does not know, are refused as invalid',
    async (time) => {
      const query = `created_after=${encodeURIComponent(time)}`;
      for (const list of ['tickets', 'audit']) {
        const url = `${server.url}/v1/workspaces/${team.workspace_id}/${list}?${query}`;
        expect((await fetch(url, { headers: as(team.owner, {}) })).status).toBe(422);
      }
    },
  );

  test.each([
    ['thousands of faults', Array.from({ length: 20_000 }, (_, n) => `"f${n}":1`).join()],
    ['a fault of megabytes', `"${'x'.repeat(5_000_000)}":1`],
  ])('with %s get a short response', async (_, fields) => {
    const answer = await create(`{"title":"T",${fields}}`);
    expect(answer.status).toBe(422);
    expect((await answer.text()).length).toBeLessThan(10_000);
  });

  test('with an extremely long word get a response that does not repeat it', async () => {
    const statuses = [{ key: 'open', name: 'Open', category: 'todo' }];
    const answer = await fetch(
      `${server.url}/v1/workspaces/${team.workspace_id}/projects/${team.project_id}/workflow`,
      {
        method: 'PUT',
        body: JSON.stringify({ statuses, initial: ['k'.repeat(900_000)], transitions: [] }),
        headers: as(team.owner, json),
      },
    );
    expect(answer.status).toBe(422);
    expect((await answer.text()).length).toBeLessThan(1000);
  });

  test('may contain every character that can be stored, and texts of a million characters', async () => {
    const title = '🎫 👩‍👩‍👧 ﷽';
    const description = `\u202Eright to left\u001B[31m${'ä'.repeat(1_048_557)}`;
    const answer = await create(JSON.stringify({ title, description }));
    expect(answer.status).toBe(201);
    expect(await answer.json()).toMatchObject({ title, description });
    expect((await create(JSON.stringify({ title, description: `${description}x` }))).status).toBe(422);
  });

  test('are refused beyond the caller’s share of the memory, while those of other callers are read', async () => {
    const head = (person: { access_token: string }) => {
      const path = `/v1/workspaces/${team.workspace_id}/projects/${team.project_id}/tickets`;
      const fixed = `Host: a\r\nAuthorization: Bearer ${person.access_token}\r\nContent-Type: application/json`;
      return `POST ${path} HTTP/1.1\r\n${fixed}\r\nContent-Length: ${6 * 1024 * 1024}\r\nExpect: 100-continue\r\n\r\n`;
    };
    const port = Number(new URL(server.url).port);
    const sockets: net.Socket[] = [];
    const begin = (person: { access_token: string }) =>
      new Promise<string>((resolve) => {
        const socket = net.connect(port, '127.0.0.1', () => socket.write(head(person)));
        sockets.push(socket);
        socket.once('data', (chunk) => resolve(String(chunk).slice(9, 12)));
      });
    for (let n = 0; n < 2; n++) {
      expect(await begin(team.member)).toBe('100');
      sockets.at(-1)?.write(Buffer.alloc(6 * 1024 * 1024 - 1, ' '));
    }
    await expect.poll(() => begin(team.member)).toBe('429');
    expect(await begin(team.admin)).toBe('100');
    expect((await create('{"title":"A small one"}')).status).toBe(201);
    for (const socket of sockets) socket.destroy();
  });

  test('are not read from callers who are not signed in', async () => {
    const [status] = await refused(server, `/v1/workspaces/${team.workspace_id}/projects/${team.project_id}/tickets`, {
      method: 'POST',
      body: 'x'.repeat(5_000_000),
      headers: json,
    });
    expect(status).toBe(401);
  });
});

test('a large response whose client left before it was ready takes no share of the memory', async () => {
  const { workspace_id, member } = team;
  const { id } = await makeTicket(team, { description: 'x'.repeat(300_000) });
  const path = `/v1/workspaces/${workspace_id}/tickets/${id}`;
  const request = `GET ${path} HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${member.access_token}\r\n\r\n`;
  const port = Number(new URL(server.url).port);
  for (let n = 0; n < 20; n++) {
    const socket = net.connect(port, '127.0.0.1', () => socket.write(request, () => socket.resetAndDestroy()));
    await once(socket, 'close');
  }
  // An account's share is 2 MiB.
  const { status, body } = await member.client.raw.get_ticket({ workspace_id, ticket: id });
  expect([status, body]).toEqual([200, expect.objectContaining({ id })]);
});

test('an edit conflict of long texts returns all three of them', async () => {
  const { workspace_id, member } = team;
  const text = (character: string) => character.repeat(200_000);
  const { id } = await makeTicket(team, { description: text('"') });
  const edit = (description: string) =>
    member.client.raw.update_ticket({ workspace_id, ticket: id, body: { description, version: 1 } });
  expect((await edit(text('b'))).status).toBe(200);
  const { status, body } = await edit(text('\u0001'));
  expect(status).toBe(409);
  expect(body).toMatchObject({
    code: 'edit_conflict',
    fields: { description: { base: text('"'), theirs: text('b'), mine: text('\u0001') } },
  });
});
