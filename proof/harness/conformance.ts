import { z } from 'zod';
import { createClient, type BatonClient, type RawResponse } from '../../sdk/index.ts';
import { contracts } from '../../server/src/contracts.ts';
import { isList, isRead, isTagged } from '../../server/src/http/contract.ts';
import { error_table, type ErrorCode, problemOf } from '../../server/src/errors.ts';
import { errorsOf } from '../../server/src/reference/openapi.ts';
import { headersOf, response_headers } from '../../server/src/reference/openapi-headers.ts';
import { type ReadBack, readBackOf, unlike } from './read-back.ts';
import { note } from './seen.ts';

const by_id = new Map(contracts.map((contract) => [contract.id, contract]));

/** The schema of a response to a read that asks for some fields only. */
function narrowedTo(response: z.ZodType, fields: string): z.ZodType {
  const some = Object.fromEntries(fields.split(',').map((field) => [field, true as const]));
  const whole = response as z.ZodObject;
  const { data } = whole.shape as { data?: z.ZodArray<z.ZodObject> };
  return data === undefined
    ? whole.pick(some as never)
    : whole.extend({ data: z.array(data.element.pick(some as never)) });
}

/** Says how a response departs from its contract, given the fields that were asked for; empty if it conforms. */
export function nonconformities(
  operation_id: string,
  { status, headers, body }: RawResponse,
  fields: string | null = null,
): string[] {
  const contract = by_id.get(operation_id);
  if (contract === undefined) return [`${operation_id} has no contract`];
  const found: string[] = [];
  const fault = (text: string) => found.push(`${operation_id} ${status}: ${text}`);
  if (headers.get('x-request-id') === null) fault('no X-Request-Id');
  for (const name of headersOf(contract, status)) {
    const pattern = response_headers[name]?.schema.pattern;
    const value = headers.get(name);
    if (value !== null && pattern !== undefined && !new RegExp(pattern).test(value)) fault(`${name} is ${value}`);
  }
  if (status >= 400) {
    const { code, status: stated, quota } = (body ?? {}) as { code?: ErrorCode; status?: number; quota?: string };
    if (code !== undefined) note('errors', `${operation_id} ${code}`);
    if (quota !== undefined) note('errors', `quota ${quota}`);
    if (headers.get('content-type')?.startsWith('application/problem+json') !== true) fault('not a problem');
    else if (code === undefined || !errorsOf(contract).includes(code)) fault(`${code} is not declared`);
    else if (error_table[code][0] !== status || stated !== status) fault(`${code} with another status`);
    else if (!problemOf(code).strict().safeParse(body).success) fault('not the problem that is documented');
    return found;
  }
  const tag = headers.get('etag') ?? '';
  const tagged = isTagged(contract) ? (contract.etag === true ? /^"\d+-/ : /^W\/"/) : /^$/;
  if (!tagged.test(tag)) fault(`the ETag is ${tag}`);
  if (status === 304 && isRead(contract)) {
    if (body !== undefined) fault('a body where none belongs');
    return found;
  }
  if (status !== contract.status) fault(`expected ${contract.status}`);
  if (contract.response !== undefined) {
    const shape = fields === null ? contract.response : narrowedTo(contract.response, fields);
    const type = contract.media ?? 'application/json';
    if (headers.get('content-type')?.startsWith(type) !== true) fault(`the type is ${headers.get('content-type')}`);
    const parsed = shape.safeParse(body instanceof Uint8Array ? Buffer.from(body).toString('latin1') : body);
    if (!parsed.success) fault(parsed.error.message);
  } else if (body !== undefined) fault('a body where none belongs');
  const { next_cursor = null } = (body ?? {}) as { next_cursor?: string | null };
  const linked = headers.get('link') !== null;
  if (isList(contract) && linked !== (next_cursor !== null)) fault('Link and next_cursor disagree');
  if (contract.location !== undefined && headers.get('location') === null) fault('no Location');
  return found;
}

/** How many writes of each operation a process reads back: a defect in one operation shows every time. */
const read_back_of_each = 20;
const read_back = new Map<string, number>();

/**
 * Compares a write with a read of it. Returns false if it could not: the writer may not read the resource, or somebody changed it
 * since.
 */
async function readBack(base_url: string, token: string | undefined, at: ReadBack): Promise<boolean> {
  const response = await fetch(base_url + at.path, { headers: { authorization: `Bearer ${token}` } });
  const found = response.ok ? unlike(at, (await response.json()) as Record<string, unknown>) : undefined;
  if (found !== undefined && found.length > 0) throw new Error(found.join('\n'));
  return found !== undefined;
}

/**
 * Creates a client that checks every response against its contract and reads back the first writes of each operation. It throws
 * an error where something is wrong.
 */
export function conformingClient(base_url: string, access_token?: string): BatonClient {
  const client = createClient({
    base_url,
    access_token,
    retries: 0, // a test sees each response
    on_response: (operation, response, url) => {
      const found = nonconformities(operation, response, url.searchParams.get('fields'));
      if (found.length > 0) throw new Error(found.join('\n'));
    },
  });
  const calls = client as unknown as Record<string, (input?: Record<string, unknown>) => Promise<unknown>>;
  for (const { id, method } of contracts) {
    const call = calls[id];
    if (method === 'get' || call === undefined) continue;
    calls[id] = async (input = {}) => {
      const body = await call(input);
      const at = readBackOf(id, input, body);
      const before = read_back.get(id) ?? 0;
      if (at === undefined || before >= read_back_of_each) return body;
      if (await readBack(base_url, client.access_token, at)) {
        read_back.set(id, before + 1);
        note('read back', id);
      }
      return body;
    };
  }
  return client;
}
