import { readdirSync, readFileSync } from 'node:fs';
import { setPriority } from 'node:os';

const least_urgent = 19;

/**
 * Lets the threads that hash passwords run when nobody else wants the processor. On Linux a priority is a thread's, and
 * libuv's threads have a name; elsewhere, or where it isn't allowed, nothing happens. The files of
 * the reference and look-ups of host names share them, and wait with them. They exist from the first use on.
 */
export function yieldToRequests(): void {
  try {
    for (const thread of readdirSync('/proc/self/task')) {
      const name = readFileSync(`/proc/self/task/${thread}/comm`, 'utf8').trim();
      if (name === 'libuv-worker') setPriority(Number(thread), least_urgent);
    }
  } catch {
    // Slower under a flood of sign-ins, and otherwise the same.
  }
}
