import { isDeepStrictEqual } from 'node:util';
import { contracts } from '../../server/src/contracts.ts';
import type { Operation } from '../../server/src/http/contract.ts';

type Fields = Record<string, unknown>;

/** What may differ between two responses with one version of a resource: other rows, or who asks, decide it. */
const not_its_own = ['last_activity_at', 'allowed_transitions', 'role', 'reactions'];
/** A member's name and address are the account's, which has a version of its own. */
const of_the_account = ['name', 'email'];

const by_id = new Map<string, Operation>(contracts.map((contract) => [contract.id, contract]));

/** The reads of one resource, by the shape that they respond with. */
const reads = new Map(
  contracts.flatMap((operation: Operation) =>
    operation.method === 'get' && operation.response !== undefined ? [[operation.response, operation] as const] : [],
  ),
);

/** What a write says of a resource, and the path at which that is read. */
export interface ReadBack {
  path: string;
  written: Fields;
}

/** The read of the resource that a write responds with; undefined where there is none. */
function readAfter({ id, method, response }: Operation): Operation | undefined {
  if (method === 'get' || response === undefined) return undefined;
  return id === 'transition_ticket' ? by_id.get('get_ticket') : reads.get(response);
}

/** The writes whose response can be read back. */
export const read_back_operations: readonly string[] = contracts
  .filter((operation) => readAfter(operation) !== undefined)
  .map(({ id }) => id);

/** The read of what a write responded with; undefined where there is none. */
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

/** The fields that a read shows otherwise than the write before it said; undefined where somebody has changed it since. */
export function unlike({ path, written }: ReadBack, read: Fields): string[] | undefined {
  const [before, now] = [written['version'], read['version']];
  // Somebody's change makes a version later, and nothing makes it earlier.
  if (typeof before === 'number' && typeof now === 'number' && now < before)
    return [`${path} has version ${now} after ${before}`];
  if (now !== before) return undefined;
  const is_member = path.includes('/members/');
  return Object.keys({ ...written, ...read })
    .filter((field) => !not_its_own.includes(field) && !(is_member && of_the_account.includes(field)))
    .filter((field) => !isDeepStrictEqual(written[field], read[field]))
    .map((field) => `${path} has ${field} ${JSON.stringify(read[field])} after ${JSON.stringify(written[field])}`);
}
