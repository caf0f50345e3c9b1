import type { BatonClient } from '../../../../sdk/index.ts';
import type { Team } from '../../../harness/make.ts';
import type { Wire, WireAnswer } from '../../../harness/wire.ts';
import type { Run } from '../../check.ts';
import type { Stage } from '../../stage.ts';

/** The place where writes are sent again, and what was seen there. */
export interface Stand {
  run: Run;
  stage: Stage;
  wire: Wire;
  team: Team;
  /** An API token of the member. */
  agent: Principal;
  violate: (what: string) => void;
}

/** A person or token, whose keys are separate from all others. */
export interface Principal {
  name: string;
  access_token: string;
}

export interface KeyedWrite {
  path: string;
  body: object;
  key: string;
}

/** Creates an API token of the client's person with the scope for tickets. */
export async function makeAgent(client: BatonClient, workspace_id: string, name: string): Promise<Principal> {
  const { token } = await client.create_token({ workspace_id, body: { name, scopes: ['tickets:write'] } });
  return { name, access_token: token };
}

export function post(
  { wire }: Stand,
  { access_token }: Principal,
  { path, body, key }: KeyedWrite,
): Promise<WireAnswer> {
  return wire.send({ method: 'POST', path, token: access_token, body, headers: { 'idempotency-key': key } });
}

export const isReplayed = ({ headers }: WireAnswer) => headers['idempotent-replayed'] === 'true';

/** How many rows have this text, as the title of a ticket or as a comment. */
export async function rowsWith({ stage, team }: Stand, text: string): Promise<number> {
  const { rows } = await stage.database.owner.query<{ n: number }>(
    `select count(*)::integer as n from (
       select 1 from tickets where workspace_id = $1 and title = $2
       union all select 1 from comments where workspace_id = $1 and body = $2) texts`,
    [team.workspace_id, text],
  );
  return rows[0]?.n ?? 0;
}

/** The statuses of the outcomes recorded under a key of a principal. */
export async function outcomesOf({ wire }: Stand, { access_token }: Principal, key: string): Promise<number[]> {
  const answer = await wire.send({ method: 'GET', path: `/v1/outcomes/${key}`, token: access_token });
  const { data } = JSON.parse(answer.text) as { data?: { status: number }[] };
  if (data === undefined) throw new Error(`the outcomes of a key: ${answer.status} ${answer.text}`);
  return data.map(({ status }) => status);
}
