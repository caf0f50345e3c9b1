import { randomBytes } from 'node:crypto';
import type { BatonClient, Role, User } from '../../sdk/index.ts';
import { conformingClient } from './conformance.ts';

/** A signed-in person. */
export interface Person {
  client: BatonClient;
  user: User;
  email: string;
  password: string;
  access_token: string;
  refresh_token: string;
}

/** Returns an address that nobody has. */
export const someAddress = () => `${randomBytes(8).toString('hex')}@example.com`;

export async function registerPerson(server: { url: string }, fields: { name?: string } = {}): Promise<Person> {
  const email = someAddress();
  const password = randomBytes(12).toString('base64url');
  const client = conformingClient(server.url);
  const answer = await client.register({ body: { email, password, name: fields.name ?? 'Somebody' } });
  const { user, access_token, refresh_token } = answer;
  client.access_token = access_token;
  return { client, user, email, password, access_token, refresh_token };
}

/** Marks addresses as confirmed, as following the link in a mail does. */
export async function confirmAddresses(
  { database }: { database: { owner: { query: (text: string, values: unknown[]) => Promise<unknown> } } },
  ...people: Person[]
): Promise<void> {
  const confirm = 'update users set email_confirmed_at = now() where id = any ($1)';
  await database.owner.query(confirm, [people.map(({ user }) => user.id)]);
}

/** Signs the same person in once more. */
export async function signInAgain(server: { url: string }, { email, password }: Person) {
  const client = conformingClient(server.url);
  const answer = await client.login({ body: { email, password } });
  client.access_token = answer.access_token;
  return { client, ...answer };
}

/** Invites and accepts: the way everybody joins a workspace. */
export async function joinWorkspace(host: Person, guest: Person, workspace_id: string, role: Role): Promise<void> {
  const { token } = await host.client.create_invitation({ workspace_id, body: { email: guest.email, role } });
  await guest.client.accept_invitation({ body: { token } });
}
