import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { mailSettings, queuedMails } from '../../../proof/harness/mailbox.ts';
import { confirmAddresses, type Person, registerPerson, someAddress } from '../../../proof/harness/people.ts';
import { startServer, type TestServer } from '../../../proof/harness/server.ts';

let server: TestServer;
/** Two unrelated people, each with their own workspace. */
let one: Host;
let other: Host;

interface Host extends Person {
  workspace_id: string;
}

async function makeHost(): Promise<Host> {
  const person = await registerPerson(server);
  await confirmAddresses(server, person);
  await server.database.owner.query('delete from mails');
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

describe('a network', () => {
  test('may cause a limited number of mails to other addresses, however many accounts its people have', async () => {
    const few = { BATON_AUTH_LIMIT_PER_ADDRESS: '4', BATON_TRUST_PROXY: 'loopback' };
    const limited = await startServer(
      { ...mailSettings({ port: 9 }), ...few, BATON_WORKER: 'off' },
      { database: server.database },
    );
    onTestFinished(() => limited.stop());
    const send = async (address: string, path: string, { access_token }: Person, body: object) => {
      const headers = {
        'content-type': 'application/json',
        'x-forwarded-for': address,
        authorization: `Bearer ${access_token}`,
      };
      const response = await fetch(`${limited.url}/v1/${path}`, {
        method: 'POST',
        headers,
        body: JSON.stringify(body),
      });
      return [response.status, response.headers.get('ratelimit-policy')?.split(';')[0]];
    };
    const inviting = (address: string, host: Host) =>
      send(address, `workspaces/${host.workspace_id}/invitations`, host, { email: someAddress(), role: 'viewer' });
    const asking = (address: string, host: Host) =>
      send(address, 'me/email-change', host, { email: someAddress(), current_password: host.password });
    for (const host of [one, other]) {
      expect((await inviting('10.1.1.1', host))[0]).toBe(201);
      expect((await asking('10.1.1.1', host))[0]).toBe(202);
    }
    expect(await inviting('10.1.1.1', one)).toEqual([429, '"invitation-mail"']);
    expect(await asking('10.1.1.1', await makeHost())).toEqual([429, '"email-change-mail"']);
    expect((await inviting('10.2.2.2', one))[0]).toBe(201);
  });
});

describe('the limit of three mails to one address in 15 minutes', () => {
  test('is not used up by refused invitations, however many come at once', async () => {
    const email = someAddress();
    expect(await statusesOf(40, () => invite(one, email, other.workspace_id))).toEqual([404]);
    expect((await invite(other, email)).status).toBe(201);
  });

  test('is not used up by an account that has reached its own limit', async () => {
    const email = someAddress();
    for (let n = 0; n < 50; n++) expect((await invite(one, someAddress())).status).toBe(201);
    expect(await statusesOf(5, () => invite(one, email))).toEqual([429]);
    expect((await invite(other, email)).status).toBe(201);

    for (let n = 0; n < 5; n++) expect((await ask(one, someAddress())).status).toBe(202);
    expect(await statusesOf(5, () => ask(one, email))).toEqual([429]);
    expect((await ask(other, email)).status).toBe(202);
    expect((await ask(other, email)).status).toBe(202);
  });

  test('covers all kinds of mails, but does not stop anyone from signing up with the address', async () => {
    const email = someAddress();
    const kinds = async () => (await queuedMails(server)).map(({ kind }) => kind);
    expect(await invite(one, email)).toMatchObject({ status: 201, body: { mailed: true } });
    expect((await ask(other, email)).status).toBe(202);
    const body = { email, password: 'a long enough one', name: 'N' };
    const signed_up = await one.client.register({ body });
    expect((await kinds()).sort()).toEqual(['email_change', 'email_change', 'invitation']);
    expect(await invite(other, email)).toMatchObject({ status: 201, body: { mailed: false } });
    expect((await ask(one, email)).status).toBe(429);
    // After the account's address is changed, somebody can sign up
    // with the old one again. That sends no more mail to it.
    await server.database.owner.query('update users set email = $1 where id = $2', [someAddress(), signed_up.user.id]);
    expect((await one.client.raw.register({ body })).status).toBe(201);
    expect(await kinds()).toHaveLength(3);
    // The address's owner can still reset the password, whatever mails others have caused.
    expect((await one.client.raw.request_password_reset({ body: { email } })).status).toBe(202);
  });

  test('is not used up by a request repeated under its Idempotency-Key, which still gets its first response', async () => {
    const [email, new_email] = [someAddress(), someAddress()];
    const first = await invite(one, email, one.workspace_id, 'first');
    const asked = await ask(one, new_email, 'asked');
    for (let n = 0; n < 4; n++) {
      expect((await invite(one, email, one.workspace_id, 'first')).status).toBe(201);
      expect((await ask(one, new_email, 'asked')).status).toBe(202);
    }
    const others = [other, await makeHost(), await makeHost()];
    const invited: unknown[] = [];
    const changed = [];
    for (const host of others) {
      const { status, body } = await invite(host, email);
      invited.push([status, (body as { mailed?: boolean }).mailed]);
      changed.push((await ask(host, new_email)).status);
    }
    // A workspace can invite the address beyond the limit. Its invitation isn't mailed, and the response has the token.
    expect(invited).toEqual([
      [201, true],
      [201, true],
      [201, false],
    ]);
    expect(changed).toEqual([202, 202, 429]);
    expect((await invite(one, email, one.workspace_id, 'first')).body).toEqual(first.body);
    expect((await ask(one, new_email, 'asked')).status).toBe(asked.status);
  });
});
