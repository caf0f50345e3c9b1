import { readdirSync, readFileSync } from 'node:fs';

/** Why processes can't be looked at here; undefined where they can. */
export function noProcesses(): string | undefined {
  return process.platform === 'linux' ? undefined : 'processes are looked up in /proc, which only Linux has';
}

/** The state and the parent of a process; undefined where it is gone. */
function statOf(pid: number): { state: string; parent: number } | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // They are after the name, which stands in parentheses and may hold anything.
    const [state = '', parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return { state, parent: Number(parent) };
  } catch {
    return undefined;
  }
}

/** Whether a process still has anything open: one that has ended, and whose parent hasn't asked how, has not. */
export function isRunning(pid: number): boolean {
  return !['Z', 'X', undefined].includes(statOf(pid)?.state);
}

/** The processes that this one has started and that are still there. */
export function childrenOf(parent: number): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => statOf(pid)?.parent === parent);
}

/** The processes that this one has started, with those that they have started. */
export function familyOf(pid: number): number[] {
  return childrenOf(pid).flatMap((child) => [child, ...familyOf(child)]);
}

/** Sends a signal to each that is still there. */
export function signalAll(pids: readonly number[], signal: NodeJS.Signals): void {
  for (const pid of pids) {
    try {
      process.kill(pid, signal);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  }
}

/** Signals a process and its children, and says which they are; stopped first, it can't start another meanwhile. */
export function signalFamily(parent: number, signal: NodeJS.Signals): number[] {
  signalAll([parent], 'SIGSTOP');
  const family = [...childrenOf(parent), parent];
  signalAll(family, signal);
  return family;
}
