import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Person, registerPerson } from '../../../proof/harness/people.ts';
import { startServer, type TestServer } from '../../../proof/harness/server.ts';
import { max_remapped } from './contract.ts';

let server: TestServer;
let person: Person;

beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.stop());

const usual = {
  theme: 'system',
  density: 'comfortable',
  time_zone: null,
  language: null,
  single_keys: true,
  keys: {},
  version: 1,
  updated_at: null,
};

/** Changes preferences, and returns the response, whatever its status. */
const change = (body: object) => person.client.raw.update_preferences({ if_match: '*', body });

describe('preferences', () => {
  beforeAll(async () => {
    person = await registerPerson(server);
  });

  test('are the defaults until somebody changes them', async () => {
    expect(await person.client.get_preferences()).toEqual(usual);
  });

  test('can be changed one by one, and are the same in another session of the person', async () => {
    await change({ theme: 'dark', time_zone: 'Europe/Berlin', language: 'EN-gb' });
    await change({ density: 'compact', single_keys: false });
    await change({ time_zone: null });
    const other = await person.client.raw.login({ body: { email: person.email, password: person.password } });
    const { access_token } = other.body as { access_token: string };
    const headers = { authorization: `Bearer ${access_token}` };
    const seen = await fetch(`${server.url}/v1/me/preferences`, { headers });
    expect(await seen.json()).toMatchObject({
      theme: 'dark',
      density: 'compact',
      time_zone: null,
      language: 'en-GB',
      single_keys: false,
      version: 4,
    });
    const another = await registerPerson(server);
    expect(await another.client.get_preferences()).toEqual(usual);
  });

  test('can change the keys of each command, and restore its default keys', async () => {
    await change({ keys: { create: 'n', go_board: 'g x' } });
    await change({ keys: { create: null, open: 'Shift+o' } });
    expect((await person.client.get_preferences()).keys).toEqual({ go_board: 'g x', open: 'Shift+o' });
  });

  test('that are sent unchanged create no new version', async () => {
    const before = await person.client.get_preferences();
    await change({ keys: { go_board: 'g x', close: null }, single_keys: false });
    expect(await person.client.get_preferences()).toEqual(before);
  });

  test.each([
    [{ theme: 'pink' }, '/theme'],
    [{ density: null }, '/density'],
    [{ time_zone: 'CET' }, '/time_zone'],
    [{ time_zone: 'Atlantis/Capital' }, '/time_zone'],
    [{ language: 'en_GB' }, '/language'],
    [{ language: 'en-GB-GB' }, '/language'],
    [{ language: 'sh-RS-abcdefgh-ijklmnop-qrstuvwx' }, '/language'], // sr-Latn-RS-… is longer than what is stored
    [{ language: 'sh-RS-abcde-fghij-klmno' }, '/language'], // sr-Latn-RS-… has more parts than a response may have
    [{ single_keys: 'no' }, '/single_keys'],
    [{ keys: { create: '' } }, '/keys/create'],
    [{ keys: { create: 'a b c d' } }, '/keys/create'],
    [{ keys: { 'Not a command': 'x' } }, '/keys/Not a command'],
    [{ keys: { ['__proto__']: 'x' } }, '/keys/__proto__'],
    [{ colour: 'red' }, '/colour'],
  ])('cannot be set to %j, and then stay unchanged', async (body, pointer) => {
    const before = await person.client.get_preferences();
    const { status, body: problem } = await change(body);
    expect([status, problem]).toEqual([
      422,
      expect.objectContaining({ errors: [expect.objectContaining({ pointer })] }),
    ]);
    expect(await person.client.get_preferences()).toEqual(before);
  });

  test('have a limit on the commands with chosen keys, in one request or over several', async () => {
    const some = (first: number, n: number) =>
      Object.fromEntries(Array.from({ length: n }, (_, index) => [`command_${first + index}`, 'Shift+a Shift+b']));
    expect((await change({ keys: some(0, max_remapped + 1) })).status).toBe(422);
    expect((await change({ keys: some(0, max_remapped - 2) })).status).toBe(200); // beside the two from before
    expect((await change({ keys: some(max_remapped, 1) })).status).toBe(422);
    expect(Object.keys((await person.client.get_preferences()).keys)).toHaveLength(max_remapped);
  });
});

test('of two changes based on the same version, one succeeds and the other gets a conflict', async () => {
  person = await registerPerson(server);
  const on_first = (body: object) => person.client.raw.update_preferences({ body: { ...body, version: 1 } });
  const answers = await Promise.all([on_first({ theme: 'dark' }), on_first({ density: 'compact' })]);
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
  expect(answers.find(({ status }) => status === 409)?.body).toMatchObject({ code: 'conflict', current_version: 2 });
  expect((await person.client.get_preferences()).version).toBe(2);
});
