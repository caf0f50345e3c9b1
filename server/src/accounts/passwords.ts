import { createHash } from 'node:crypto';
import { availableParallelism } from 'node:os';
import bcrypt from 'bcrypt';
import { FairQueue } from '../lib/fair-queue.ts';
import { yieldToRequests } from './hash-threads.ts';

// bcrypt reads 72 bytes and stops at a NUL. A SHA-384 in base64 is 64 characters without one, whatever the password's
// length; NFC (RFC 8265, OpaqueString) makes one password of the two ways to type an é.
function preHash(password: string): string {
  return createHash('sha384')
    .update(`baton password ${password.normalize('NFC')}`)
    .digest('base64');
}

// bcrypt holds one of libuv's four threads for a quarter of a second: twelve at once delayed an unrelated file read by
// 2.1 s, behind this queue by 17 ms.
const hashing = new FairQueue({ max_running: availableParallelism(), max_waiting: 64 });
let yielding = false;

/** Hashes when the turn of the network has come: 90 sign-ins at once from one delayed another's by 17.6 s. */
function inTurn<T>(network: string, work: () => Promise<T>): Promise<T> {
  return hashing.run(network, () => {
    const working = work();
    if (!yielding) yieldToRequests();
    yielding = true;
    return working;
  });
}

/** The hash to keep of a password. */
export function hashPassword(password: string, cost: number, { network }: { network: string }): Promise<string> {
  return inTurn(network, () => bcrypt.hash(preHash(password), cost));
}

// No password's hash, but as long to compare with; written down, as to make one would show in a process's first refusal.
const nobodys = (cost: number) => `$2b$${String(cost).padStart(2, '0')}$${'.'.repeat(53)}`;

/** Whether the password is the one of the hash. Without a hash it takes as long, and says no. */
export async function verifyPassword(
  password: string,
  hash: string | undefined,
  cost: number,
  { network }: { network: string },
): Promise<boolean> {
  const matches = await inTurn(network, () => bcrypt.compare(preHash(password), hash ?? nobodys(cost)));
  return matches && hash !== undefined;
}

/** Whether the hash was created at a cost other than today's. */
export function needsRehash(hash: string, cost: number): boolean {
  return bcrypt.getRounds(hash) !== cost;
}
