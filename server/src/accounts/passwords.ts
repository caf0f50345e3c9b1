import { createHash } from 'node:crypto';
import { availableParallelism } from 'node:os';
import bcrypt from 'bcrypt';
import { BatonError } from '../errors.ts';
import { yieldToRequests } from './hash-threads.ts';

// bcrypt reads 72 bytes and stops at a NUL. A SHA-384 in base64 is 64 characters without one, whatever the password's
// length; NFC (RFC 8265, OpaqueString) makes one password of the two ways to type an é.
function preHash(password: string): string {
  return createHash('sha384')
    .update(`baton password ${password.normalize('NFC')}`)
    .digest('base64');
}

const max_waiting = 64;
let running = 0;
let yielding = false;
const waiting: (() => void)[] = [];

// bcrypt holds one of libuv's four threads for a quarter of a second: twelve at once delayed an unrelated file read by
// 2.1 s, behind this semaphore by 17 ms.
async function oneOfFew<T>(work: () => Promise<T>): Promise<T> {
  if (running >= availableParallelism()) {
    if (waiting.length >= max_waiting) throw new BatonError('overloaded', {}, { retry_after_s: 2 });
    await new Promise<void>((resolve) => waiting.push(resolve)); // whoever ends hands over its place
  } else {
    running++;
  }
  try {
    const working = work();
    if (!yielding) yieldToRequests();
    yielding = true;
    return await working;
  } finally {
    const next = waiting.shift();
    if (next === undefined) running--;
    else next();
  }
}

/** The hash to keep of a password. */
export function hashPassword(password: string, cost: number): Promise<string> {
  return oneOfFew(() => bcrypt.hash(preHash(password), cost));
}

// No password's hash, but as long to compare with; written down, as to make one would show in a process's first refusal.
const nobodys = (cost: number) => `$2b$${String(cost).padStart(2, '0')}$${'.'.repeat(53)}`;

/** Whether the password is the one of the hash. Without a hash it takes as long, and says no. */
export async function verifyPassword(password: string, hash: string | undefined, cost: number): Promise<boolean> {
  const matches = await oneOfFew(() => bcrypt.compare(preHash(password), hash ?? nobodys(cost)));
  return matches && hash !== undefined;
}

/** Whether the hash was made at another cost than today's. */
export function needsRehash(hash: string, cost: number): boolean {
  return bcrypt.getRounds(hash) !== cost;
}
