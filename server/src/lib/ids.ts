import { randomUUIDv7 } from 'node:crypto';

/** A new UUIDv7 (RFC 9562): unique, and roughly ordered by time so that index pages fill in turn. */
export function newId(): string {
  return randomUUIDv7();
}

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** Whether the text is a UUID in canonical lower-case form. */
export function isUuid(text: string): boolean {
  return uuid.test(text);
}
