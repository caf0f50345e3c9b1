import { createClient, type BatonClient, type RawResponse } from '../../../sdk/index.ts';
import { contracts } from '../../src/contracts.ts';
import { error_table, type ErrorCode } from '../../src/errors.ts';
import { errorsOf, problemOf } from '../../src/http/openapi.ts';
import { headersOf, response_headers } from '../../src/http/openapi-headers.ts';

const by_id = new Map(contracts.map((contract) => [contract.id, contract]));

/** What is wrong with an answer, by its contract: nothing if it conforms. */
export function nonconformities(operation_id: string, { status, headers, body }: RawResponse): string[] {
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
    const { code, status: stated } = (body ?? {}) as { code?: ErrorCode; status?: number };
    if (headers.get('content-type')?.startsWith('application/problem+json') !== true) fault('not a problem');
    else if (code === undefined || !errorsOf(contract).includes(code)) fault(`${code} is not declared`);
    else if (error_table[code][0] !== status || stated !== status) fault(`${code} with another status`);
    else if (!problemOf(code).strict().safeParse(body).success) fault('not the problem that is documented');
    return found;
  }
  if (status !== contract.status) fault(`expected ${contract.status}`);
  if (contract.response !== undefined) {
    const parsed = contract.response.safeParse(body);
    if (!parsed.success) fault(parsed.error.message);
  } else if (body !== undefined) fault('a body where none belongs');
  if (contract.etag === true && !/^"\d+"$/.test(headers.get('etag') ?? '')) fault('no ETag');
  if (contract.location !== undefined && headers.get('location') === null) fault('no Location');
  return found;
}

/** A client that checks every answer against its contract, and throws where one doesn't conform. */
export function conformingClient(base_url: string, access_token?: string): BatonClient {
  return createClient({
    base_url,
    access_token,
    on_response: (operation, response) => {
      const found = nonconformities(operation, response);
      if (found.length > 0) throw new Error(found.join('\n'));
    },
  });
}
