import net from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeTeam, type Team } from '../../../proof/harness/make.ts';
import { startServer, type TestServer } from '../../../proof/harness/server.ts';
import { built_console, isBuilt } from '../../src/http/console-build.ts';

let server: TestServer;
let team: Team;

beforeAll(async () => {
  server = await startServer({ BATON_CORS_ORIGINS: 'https://app.example.com' });
  team = await makeTeam(server);
});
afterAll(() => server.stop());

/** Sends raw bytes and returns the status and code of the response. */
function raw(bytes: string): Promise<[number, string]> {
  const { port } = new URL(server.url);
  return new Promise((resolve, reject) => {
    const socket = net.connect(Number(port), '127.0.0.1', () => socket.write(bytes));
    let text = '';
    socket.on('data', (chunk) => {
      text += String(chunk);
      if (/\r\n\r\n\{.*\}/s.test(text)) socket.destroy();
    });
    socket.on('error', reject);
    socket.on('close', () => {
      const status = Number(/^HTTP\/1\.1 (\d+)/.exec(text)?.[1]);
      const code = /"code":"(\w+)"/.exec(text)?.[1] ?? text;
      resolve([status, code]);
    });
  });
}

describe('a request', () => {
  test.each([
    ['two Hosts', 'GET /v1/me HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n', 400, 'malformed_request'],
    ['no Host', 'GET /v1/me HTTP/1.1\r\n\r\n', 400, 'malformed_request'],
    [
      'two Authorization headers',
      'GET /v1/me HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer x\r\nauthorization: Bearer y\r\n\r\n',
      400,
      'malformed_request',
    ],
    [
      'two Content-Type headers',
      'POST /v1/auth/login HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Type: text/html\r\n\r\n',
      400,
      'malformed_request',
    ],
    ['bytes beyond ASCII in the query', 'GET /v1/policy?a=\xe4 HTTP/1.1\r\nHost: a\r\n\r\n', 400, 'malformed_request'],
    ['an empty Host', 'GET /livez HTTP/1.1\r\nHost:\r\n\r\n', 400, 'malformed_request'],
    ['a malformed Host', 'GET /livez HTTP/1.1\r\nHost: a@b\r\n\r\n', 400, 'malformed_request'],
    ['HTTP/2.0', 'GET /livez HTTP/2.0\r\nHost: a\r\n\r\n', 400, 'malformed_request'],
    ['a fragment', 'GET /livez#x HTTP/1.1\r\nHost: a\r\n\r\n', 400, 'malformed_request'],
    ['absolute form and a user', 'GET http://a@b/v1/me HTTP/1.1\r\nHost: a\r\n\r\n', 400, 'malformed_request'],
    ['asterisk form', 'OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n', 400, 'malformed_request'],
    ['CONNECT', 'CONNECT other:443 HTTP/1.1\r\nHost: a\r\n\r\n', 400, 'malformed_request'],
    ['an expectation', 'GET /v1/me HTTP/1.1\r\nHost: a\r\nExpect: tea\r\n\r\n', 417, 'expectation_failed'],
    [
      'length and chunks',
      'POST /v1/auth/login HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
      400,
      'malformed_request',
    ],
    [
      'two lengths',
      'POST /v1/auth/login HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd',
      400,
      'malformed_request',
    ],
    ['a NUL in a header', 'GET /v1/me HTTP/1.1\r\nHost: a\r\nX: a\0b\r\n\r\n', 400, 'malformed_request'],
    ['no HTTP at all', 'hello\r\n\r\n', 400, 'malformed_request'],
    ['large headers', `GET /v1/me HTTP/1.1\r\nHost: a\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`, 431, 'headers_too_large'],
    ['a long URL', `GET /${'x'.repeat(13_000)} HTTP/1.1\r\nHost: a\r\n\r\n`, 414, 'uri_too_long'],
    [
      'a body announced as too large, and not sent',
      'POST /v1/auth/login HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 1000000000\r\n\r\n',
      413,
      'body_too_large',
    ],
  ])('with %s gets a problem', async (_, bytes, status, code) => {
    expect(await raw(bytes)).toEqual([status, code]);
  });
});

describe('a server accepts, as HTTP requires,', () => {
  const create = (headers: string) => {
    const body = '{"title":"T"}';
    const path = `/v1/workspaces/${team.workspace_id}/projects/${team.project_id}/tickets`;
    const fixed = `Host: a\r\nAuthorization: Bearer ${team.member.access_token}\r\nContent-Type: application/json`;
    return `POST ${path} HTTP/1.1\r\n${fixed}\r\nContent-Length: ${body.length}\r\n${headers}\r\n\r\n${body}`;
  };

  const at_root = isBuilt(built_console) ? 200 : 503;

  test.each([
    ['the absolute form', 'GET http://other:80/livez HTTP/1.1\r\nHost: a\r\n\r\n', 200],
    ['the absolute form with a query only', 'GET http://other?a=b HTTP/1.1\r\nHost: a\r\n\r\n', at_root],
    ['HTTP/1.0 without Host', 'GET /livez HTTP/1.0\r\n\r\n', 200],
    ['HEAD', 'HEAD /livez HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n', 200],
    ['OPTIONS', 'OPTIONS /v1/me HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n', 204],
    ['TE', 'GET /livez HTTP/1.1\r\nHost: a\r\nTE: trailers, gzip\r\nConnection: TE\r\n\r\n', 200],
    [
      'an upgrade to WebSocket, which it ignores',
      'GET /livez HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n',
      200,
    ],
    [
      'an upgrade to HTTP/2, which it ignores',
      'GET /livez HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n\r\n',
      200,
    ],
  ])('%s', async (_, bytes, status) => {
    expect((await raw(bytes.replace('\r\n\r\n', '\r\nConnection: close\r\n\r\n')))[0]).toBe(status);
  });

  test('an upgrade of a request with a body, which it ignores', async () => {
    const upgrade = create('Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk');
    expect((await raw(upgrade))[0]).toBe(201);
  });

  test('Expect: 100-continue, with a 100 when it wants the body and none before a refusal', async () => {
    expect((await raw(create('Expect: 100-continue')))[0]).toBe(100);
    expect((await raw(create('Expect: 100-continue').replace('Bearer ', 'Bearer no')))[0]).toBe(401);
  });
});
