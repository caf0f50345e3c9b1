import type { BatonClient } from '../../sdk/index.ts';
import type { TokenScope } from '../../server/src/http/contract.ts';
import { conformingClient } from './conformance.ts';
import type { Person } from './people.ts';

/** A program with an API token. */
export interface Agent {
  id: string;
  token: string;
  client: BatonClient;
}

/** Creates an API token of a person in a workspace, and a client that uses it. */
export async function makeAgent(
  server: { url: string },
  person: Person,
  { workspace_id, scopes = ['tickets:write'] }: { workspace_id: string; scopes?: TokenScope[] },
): Promise<Agent> {
  const { id, token } = await person.client.create_token({ workspace_id, body: { name: 'Agent', scopes } });
  return { id, token, client: conformingClient(server.url, token) };
}

/** The response to a token's request, without the headers that differ between any two requests. */
export async function responseTo(server: { url: string }, token: string, path: string) {
  const response = await fetch(server.url + path, { headers: { authorization: `Bearer ${token}` } });
  const changing = /^(date|x-request-id|ratelimit.*|connection|keep-alive)$/;
  return [response.status, [...response.headers].filter(([name]) => !changing.test(name)), await response.text()];
}
