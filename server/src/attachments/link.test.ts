import { randomBytes, randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import type { Caller } from '../access/authorize.ts';
import { Links } from './link.ts';

const links = new Links(randomBytes(48));
const at = { workspace_id: randomUUID(), attachment_id: randomUUID() };
const now = Date.parse('2026-11-24T09:05:01Z');
const tokenOf = ({ path }: { path: string }) => path.slice('/files/'.length);

const person: Caller = { user_id: randomUUID(), session_id: randomUUID(), token: null, request_id: 'test' };
const apiToken = (on_behalf_of: string | null): Caller => ({
  user_id: randomUUID(),
  session_id: null,
  token: { workspace_id: at.workspace_id, id: randomUUID(), scopes: ['tickets:read'], on_behalf_of },
  request_id: 'test',
});

test.each([
  ['a person', person],
  ['a token', apiToken(null)],
  ['a bot', apiToken(randomUUID())],
])('an address contains the identity that it was signed for: %s', (_, caller) => {
  const { request_id: __, ...identity } = caller;
  expect(links.read(tokenOf(links.sign(at, caller, now)), now)).toEqual({ ...at, identity });
});

test('an address is valid for five minutes, and signing it again within seconds returns the same one', () => {
  const link = links.sign(at, person, now);
  expect(links.sign(at, person, now + 1_000)).toEqual(link);
  expect(link.expires_at).toBe('2026-11-24T09:10:10.000000Z');
  expect(links.read(tokenOf(link), now + 5 * 60_000)).toBeDefined();
  expect(links.read(tokenOf(link), now + 5 * 60_000 + 10_000)).toBeUndefined();
});

test('an address that another key signed, or with any byte changed, is invalid', () => {
  const token = tokenOf(links.sign(at, person, now));
  expect(new Links(randomBytes(48)).read(token, now)).toBeUndefined();
  const bytes = Buffer.from(token.slice(4), 'base64url');
  for (let n = 0; n < bytes.length; n++) {
    const changed = Buffer.from(bytes);
    changed[n] = (changed[n] ?? 0) ^ 1;
    expect([n, links.read(`bat_${changed.toString('base64url')}`, now)]).toEqual([n, undefined]);
  }
});
