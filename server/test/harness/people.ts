import { randomBytes } from 'node:crypto';
import type { BatonClient, Role, User } from '../../../sdk/index.ts';
import { conformingClient } from './conformance.ts';

/** Somebody with an account, signed in. */
export interface Person {
  client: BatonClient;
  user: User;
  email: string;
  password: string;
  access_token: string;
  refresh_token: string;
}

export async function registerPerson(server: { url: string }, fields: { name?: string } = {}): Promise<Person> {
  const email = `${randomBytes(8).toString('hex')}@example.com`;
  const password = randomBytes(12).toString('base64url');
  const client = conformingClient(server.url);
  const answer = await client.register({ body: { email, password, name: fields.name ?? 'Somebody' } });
  const { user, access_token, refresh_token } = answer;
  client.access_token = access_token;
  return { client, user, email, password, access_token, refresh_token };
}

/** Invites and accepts: the way anybody gets into a workspace. */
export async function joinWorkspace(host: Person, guest: Person, workspace_id: string, role: Role): Promise<void> {
  const { token } = await host.client.create_invitation({ workspace_id, body: { email: guest.email, role } });
  await guest.client.accept_invitation({ body: { token } });
}
