import { createHash, type Hash } from 'node:crypto';
import { BatonError } from '../errors.ts';

/** What an Idempotency-Key may be, bare or as a string of RFC 8941: visible ASCII. */
const form = /^(?:[!#-+\--[\]-~]{1,255}|"[!#-+\--[\]-~]{1,255}")$/;

/**
 * The key of a request: the header's value without the quotes of a structured string, in which
 * draft-ietf-httpapi-idempotency-key-header has it. Throws `malformed_request`.
 */
export function readKey(header: string | string[]): string {
  if (typeof header !== 'string' || !form.test(header)) {
    const detail = 'Idempotency-Key must be 1 to 255 visible ASCII characters without quotes, backslashes and commas.';
    throw new BatonError('malformed_request', { detail });
  }
  return header.startsWith('"') ? header.slice(1, -1) : header;
}

/** Adds a value to a hash: its kind and length before it, so that no two values have the same bytes. */
function add(hash: Hash, value: unknown): void {
  if (typeof value === 'string') {
    hash.update(`s${value.length}:`).update(value);
  } else if (Array.isArray(value)) {
    hash.update(`a${value.length}:`);
    for (const one of value) add(hash, one);
  } else if (typeof value === 'object' && value !== null) {
    const fields = Object.entries(value).filter(([, field]) => field !== undefined);
    hash.update(`o${fields.length}:`);
    for (const [name, field] of fields.sort(([a], [b]) => (a < b ? -1 : 1))) {
      add(hash, name);
      add(hash, field);
    }
  } else {
    hash.update(`v${String(value)};`);
  }
}

/** SHA-256 of a value: the same for what means the same, whatever the order of its fields. */
export function hashOf(value: unknown): Buffer {
  const hash = createHash('sha256');
  add(hash, value);
  return hash.digest();
}
