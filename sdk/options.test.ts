import { expect, test } from 'vitest';
import { createClient } from './index.ts';

const base_url = 'http://127.0.0.1:1';
const unsent = () => Promise.reject(new Error('A request was sent.'));

test('a misspelt option of a client is refused', () => {
  const create = () => createClient({ base_url, ...({ acess_token: 'secret' } as object) });
  expect(create).toThrow(/^createClient: there is no option acess_token, only: base_url, access_token, /);
});

test('a misspelt option of a call is refused, and nothing is sent', async () => {
  const client = createClient({ base_url, fetch: unsent });
  const misspelt = { retrys: 0 } as object;
  const refusal = {
    code: 'invalid_call',
    operation: 'get_me',
    message: 'get_me: there is no option retrys, only: signal, timeout_ms, retries, fetch',
  };
  await expect(client.get_me({}, misspelt)).rejects.toMatchObject(refusal);
  await expect(client.raw.get_me({}, misspelt)).rejects.toMatchObject(refusal);
  await expect(client.get_me({}, { retries: 0 })).rejects.toMatchObject({ code: 'no_response' });
});

test.each([
  'http://ada:secret@127.0.0.1',
  'ftp://:secret@127.0.0.1',
  'https://example.com?secret',
  'https://example.com/#secret',
])('a base URL with parts that calls would lose is refused, and not repeated: %s', (given) => {
  const says = 'createClient: base_url must have no user name, password, query or fragment.';
  expect(() => createClient({ base_url: given })).toThrow(new TypeError(says));
});
