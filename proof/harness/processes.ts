import { readdirSync, readFileSync } from 'node:fs';

/** Why processes can't be looked at here; undefined where they can. */
export function noProcesses(): string | undefined {
  return process.platform === 'linux' ? undefined : 'processes are looked up in /proc, which only Linux has';
}

function parentOf(pid: string): number | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // After the name, which stands in parentheses and may hold anything: state, parent.
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
  } catch {
    return undefined; // gone since
  }
}

/** The processes that this one has started and that are still there. */
export function childrenOf(parent: number): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && parentOf(name) === parent)
    .map(Number);
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

/** Signals a process and its children; stopped first, it can't start another meanwhile. */
export function signalFamily(parent: number, signal: NodeJS.Signals): void {
  signalAll([parent], 'SIGSTOP');
  signalAll([...childrenOf(parent), parent], signal);
}
