import { readdirSync, readFileSync } from 'node:fs';

/** Says why processes can't be inspected here; undefined if they can. */
export function noProcesses(): string | undefined {
  return process.platform === 'linux' ? undefined : 'processes are looked up in /proc, which only Linux has';
}

/** The state and the parent of a process; undefined if it is gone. */
function statOf(pid: number): { state: string; parent: number } | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // They follow the name, which is in parentheses and may contain any character.
    const [state = '', parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return { state, parent: Number(parent) };
  } catch {
    return undefined;
  }
}

/** Whether a process still runs. A zombie, whose parent has not waited for it, has nothing open any more. */
export function isRunning(pid: number): boolean {
  return !['Z', 'X', undefined].includes(statOf(pid)?.state);
}

/** The live child processes of a process. */
export function childrenOf(parent: number): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => statOf(pid)?.parent === parent);
}

/** The live child processes of a process, with their children and so on. */
export function familyOf(pid: number): number[] {
  return childrenOf(pid).flatMap((child) => [child, ...familyOf(child)]);
}

/** Sends a signal to each process that still exists. */
export function signalAll(pids: readonly number[], signal: NodeJS.Signals): void {
  for (const pid of pids) {
    try {
      process.kill(pid, signal);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  }
}

/**
 * Signals a process and its children, and returns their pids. It stops the parent first, so that no child is started meanwhile.
 */
export function signalFamily(parent: number, signal: NodeJS.Signals): number[] {
  signalAll([parent], 'SIGSTOP');
  const family = [...childrenOf(parent), parent];
  signalAll(family, signal);
  return family;
}
