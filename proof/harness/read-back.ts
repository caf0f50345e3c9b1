import { isDeepStrictEqual } from 'node:util';
import { contracts } from '../../server/src/contracts.ts';
import type { Operation } from '../../server/src/http/contract.ts';

type Fields = Record<string, unknown>;

/** The fields that may differ between two responses with the same version: other rows, or the caller, decide them. A place has no version. */
const not_its_own = ['last_activity_at', 'allowed_transitions', 'role', 'reactions', 'rank'];
/** A member's name and address belong to the account, which has its own version. */
const of_the_account = ['name', 'email'];

const by_id = new Map<string, Operation>(contracts.map((contract) => [contract.id, contract]));

/** The reads of a single resource, by the schema of their response. */
const reads = new Map(
  contracts.flatMap((operation: Operation) =>
    operation.method === 'get' && operation.response !== undefined ? [[operation.response, operation] as const] : [],
  ),
);

/** A resource as a write returned it, and the path that reads it. */
export interface ReadBack {
  path: string;
  written: Fields;
}

/** The read of the resource that a write returns; undefined if there is none. */
function readAfter({ id, method, response }: Operation): Operation | undefined {
  if (method === 'get' || response === undefined) return undefined;
  return id === 'transition_ticket' ? by_id.get('get_ticket') : reads.get(response);
}

/** The writes whose response can be compared with a read. */
export const read_back_operations: readonly string[] = contracts
  .filter((operation) => readAfter(operation) !== undefined)
  .map(({ id }) => id);

/** The read of the resource that a write returned; undefined if there is none. */
export function readBackOf(operation_id: string, params: Fields, body: unknown): ReadBack | undefined {
  const operation = by_id.get(operation_id);
  const read = operation && readAfter(operation);
  if (read === undefined) return undefined;
  const resource = (operation_id === 'transition_ticket' ? (body as Fields)['ticket'] : body) as Fields;
  const path = read.path.replaceAll(/\{(\w+)\}/g, (_, name: string) =>
    String(params[name] ?? resource[name] ?? resource['id']),
  );
  return { path, written: resource };
}

/** The fields in which a read differs from the write before it; undefined if somebody changed the resource in between. */
export function unlike({ path, written }: ReadBack, read: Fields): string[] | undefined {
  const [before, now] = [written['version'], read['version']];
  // A change by somebody raises the version, and nothing lowers it.
  if (typeof before === 'number' && typeof now === 'number' && now < before)
    return [`${path} has version ${now} after ${before}`];
  if (now !== before) return undefined;
  const is_member = path.includes('/members/');
  return Object.keys({ ...written, ...read })
    .filter((field) => !not_its_own.includes(field) && !(is_member && of_the_account.includes(field)))
    .filter((field) => !isDeepStrictEqual(written[field], read[field]))
    .map((field) => `${path} has ${field} ${JSON.stringify(read[field])} after ${JSON.stringify(written[field])}`);
}
