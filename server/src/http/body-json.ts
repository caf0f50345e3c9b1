import { BatonError } from '../errors.ts';
import type { Operation } from './contract.ts';
import { type Fault, faultsOf } from './faults.ts';
import { requireBounded, requireDistinctNames } from './json-bounds.ts';

/** A body in the form of its contract, or the faults that the contract finds. */
export type CheckedBody = { value: unknown; faults?: undefined } | { faults: Fault[] };

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** Parses JSON. Bytes that aren't UTF-8 are refused: they would be stored as replacement characters. */
function parse(bytes: Uint8Array): unknown {
  const names = requireBounded(bytes);
  let value: unknown;
  try {
    value = JSON.parse(utf8.decode(bytes));
  } catch (error) {
    const detail = error instanceof SyntaxError ? undefined : 'The body is not valid UTF-8.';
    throw new BatonError('malformed_json', detail === undefined ? {} : { detail }, { cause: error });
  }
  if (typeof value === 'object' && value !== null) requireDistinctNames(value, names);
  return value;
}

/** Compares a body, or its absence, with the operation's contract. */
export function checkBody({ body, elsewhere }: Operation, value: unknown): CheckedBody {
  const checked = body?.safeParse(value);
  if (checked?.success === false) return { faults: faultsOf(checked.error, 'body', elsewhere) };
  return { value: checked?.data };
}

/** Reads the bytes of a body by the operation's contract. Throws `malformed_json` or `body_too_large`. */
export function readBody(operation: Operation, bytes: Uint8Array): CheckedBody {
  return checkBody(operation, parse(bytes));
}
