import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { mailSettings } from '../../../proof/harness/mailbox.ts';
import { type Person, registerPerson, someAddress } from '../../../proof/harness/people.ts';
import { startServer, type TestServer } from '../../../proof/harness/server.ts';

let server: TestServer;
/** Two who have nothing to do with each other, each with a workspace of their own. */
let one: Host;
let other: Host;

interface Host extends Person {
  workspace_id: string;
}

async function makeHost(): Promise<Host> {
  const person = await registerPerson(server);
  const { id: workspace_id } = await person.client.create_workspace({ body: { name: 'W' } });
  return { ...person, workspace_id };
}

beforeAll(async () => {
  server = await startServer({
    ...mailSettings({ port: 9 }),
    BATON_AUTH_LIMIT_PER_ADDRESS: '1000',
    BATON_WORKER: 'off',
  });
});
beforeEach(async () => {
  [one, other] = [await makeHost(), await makeHost()];
});
afterAll(() => server.stop());

const invite = ({ client, workspace_id }: Host, email: string, into = workspace_id, idempotency_key?: string) =>
  client.raw.create_invitation({
    workspace_id: into,
    body: { email, role: 'viewer' },
    ...(idempotency_key === undefined ? {} : { idempotency_key }),
  });
const ask = ({ client, password }: Person, email: string, idempotency_key?: string) =>
  client.raw.request_email_change({
    body: { email, current_password: password },
    ...(idempotency_key === undefined ? {} : { idempotency_key }),
  });
const statusesOf = async (count: number, send: () => Promise<{ status: number }>) =>
  [...new Set((await Promise.all(Array.from({ length: count }, send))).map(({ status }) => status))].sort();

describe('an address that may get three mails in a quarter of an hour', () => {
  test('is not used up by invitations that are refused, however many come at once', async () => {
    const email = someAddress();
    expect(await statusesOf(40, () => invite(one, email, other.workspace_id))).toEqual([404]);
    expect((await invite(other, email)).status).toBe(201);
  });

  test('is not used up by an account that has used up its own limit', async () => {
    const email = someAddress();
    for (let n = 0; n < 50; n++) expect((await invite(one, someAddress())).status).toBe(201);
    expect(await statusesOf(5, () => invite(one, email))).toEqual([429]);
    expect((await invite(other, email)).status).toBe(201);

    for (let n = 0; n < 5; n++) expect((await ask(one, someAddress())).status).toBe(202);
    expect(await statusesOf(5, () => ask(one, email))).toEqual([429]);
    expect((await ask(other, email)).status).toBe(202);
  });

  test('is not used up by a request that is sent again under its key, which gets its first response after that, too', async () => {
    const email = someAddress();
    const first = await invite(one, email, one.workspace_id, 'first');
    const asked = await ask(one, email, 'asked');
    for (let n = 0; n < 4; n++) {
      expect((await invite(one, email, one.workspace_id, 'first')).status).toBe(201);
      expect((await ask(one, email, 'asked')).status).toBe(202);
    }
    const others = [other, await makeHost(), await makeHost()];
    const invited = [];
    const changed = [];
    for (const host of others) {
      invited.push((await invite(host, email)).status);
      changed.push((await ask(host, email)).status);
    }
    expect(invited).toEqual([201, 201, 429]);
    expect(changed).toEqual([202, 202, 429]);
    expect((await invite(one, email, one.workspace_id, 'first')).body).toEqual(first.body);
    expect((await ask(one, email, 'asked')).status).toBe(asked.status);
  });
});
