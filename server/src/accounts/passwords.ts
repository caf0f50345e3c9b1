import { createHash } from 'node:crypto';
import { availableParallelism } from 'node:os';
import bcrypt from 'bcrypt';
import { FairQueue } from '../lib/fair-queue.ts';
import { yieldToRequests } from './hash-threads.ts';

// bcrypt reads 72 bytes and stops at a NUL. A SHA-384 in base64 has 64 characters and no NUL, whatever the password's
// length. With NFC (RFC 8265, OpaqueString), the two ways to type an é give the same password.
function preHash(password: string): string {
  return createHash('sha384')
    .update(`baton password ${password.normalize('NFC')}`)
    .digest('base64');
}

// bcrypt occupies one of libuv's four threads for a quarter of a second. Twelve hashes at once delayed an unrelated
// file read by 2.1 s; with this queue, by 17 ms.
const hashing = new FairQueue({ max_running: availableParallelism(), max_waiting: 64 });
let yielding = false;

/**
 * Runs the work in its network's turn. Without turns, 90 sign-ins at
 * once from one network delayed another network's by 17.6 s.
 */
function inTurn<T>(network: string, work: () => Promise<T>): Promise<T> {
  return hashing.run(network, () => {
    const working = work();
    if (!yielding) yieldToRequests();
    yielding = true;
    return working;
  });
}

/** Returns the hash to store for a password. */
export function hashPassword(password: string, cost: number, { network }: { network: string }): Promise<string> {
  return inTurn(network, () => bcrypt.hash(preHash(password), cost));
}

// The hash of no password, which takes as long to compare as a real one. It is a constant, because computing one would
// make a process's first refusal slower.
const nobodys = (cost: number) => `$2b$${String(cost).padStart(2, '0')}$${'.'.repeat(53)}`;

/** Returns whether the password matches the hash. Without a hash it takes as long, and returns false. */
export async function verifyPassword(
  password: string,
  hash: string | undefined,
  cost: number,
  { network }: { network: string },
): Promise<boolean> {
  const matches = await inTurn(network, () => bcrypt.compare(preHash(password), hash ?? nobodys(cost)));
  return matches && hash !== undefined;
}

/** Returns whether the hash was created with a cost other than this one. */
export function needsRehash(hash: string, cost: number): boolean {
  return bcrypt.getRounds(hash) !== cost;
}
