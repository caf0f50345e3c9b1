import { createHash, type Hash } from 'node:crypto';
import { BatonError } from '../errors.ts';
import { idempotency_key } from '../http/contract.ts';

/**
 * The key of a request, bare or as a structured string (RFC 8941), which is its form in
 * draft-ietf-httpapi-idempotency-key-header. Throws `malformed_request`.
 */
export function readKey(header: string | string[]): string {
  const key = typeof header === 'string' ? header.replace(/^"([^"]*)"$/, '$1') : '';
  if (idempotency_key.safeParse(key).success) return key;
  const detail = 'Idempotency-Key must be 1 to 255 visible ASCII characters without quotes, backslashes and commas.';
  throw new BatonError('malformed_request', { detail });
}

/** Adds a value to a hash, after its kind and length, so that different values never have the same bytes. */
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

/** The SHA-256 of a value, which doesn't depend on the order of its fields. */
export function hashOf(value: unknown): Buffer {
  const hash = createHash('sha256');
  add(hash, value);
  return hash.digest();
}
