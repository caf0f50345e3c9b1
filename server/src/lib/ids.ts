import { randomUUIDv7 } from 'node:crypto';

/** A new UUIDv7 (RFC 9562): unique, and roughly ordered by time so that index pages fill in turn. */
export function newId(): string {
  return randomUUIDv7();
}

/** The least UUIDv7 of a moment: every id that is created later is greater. */
export function leastIdOf(moment_ms: number): string {
  const time = Math.max(0, Math.floor(moment_ms)).toString(16).padStart(12, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-7000-8000-000000000000`;
}

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** Whether the text is a UUID in canonical lower-case form. */
export function isUuid(text: string): boolean {
  return uuid.test(text);
}

/** The audit logs have this in place of a request's id when the operator acts. No request can have it as its id. */
export const operators_id = 'operator';
