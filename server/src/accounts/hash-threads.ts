import { readdirSync, readFileSync } from 'node:fs';
import { setPriority } from 'node:os';

const least_urgent = 19;

/**
 * Lowers the priority of the threads that hash passwords, so that requests get the processor first. It works on Linux,
 * where priorities are per thread and libuv's threads have a name; elsewhere, or without permission, it does nothing.
 * Reading the reference's files and looking up host names use the same threads and wait with them. The threads exist
 * only after their first use.
 */
export function yieldToRequests(): void {
  try {
    for (const thread of readdirSync('/proc/self/task')) {
      const name = readFileSync(`/proc/self/task/${thread}/comm`, 'utf8').trim();
      if (name === 'libuv-worker') setPriority(Number(thread), least_urgent);
    }
  } catch {
    // Without it, other requests are slower under a flood of sign-ins.
  }
}
