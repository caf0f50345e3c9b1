import { readdirSync, readFileSync } from 'node:fs';

const ticks_per_s = 100; // USER_HZ, the same on every Linux

interface ProcessTimes {
  parent: number;
  cpu_us: number;
  /** The time of its children that have ended. */
  ended_us: number;
}

function timesOf(pid: number | string): ProcessTimes | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const ticks = (a: number, b: number) => ((Number(fields[a]) + Number(fields[b])) * 1_000_000) / ticks_per_s;
    return { parent: Number(fields[1]), cpu_us: ticks(11, 12), ended_us: ticks(13, 14) };
  } catch {
    return undefined; // the process has ended, or this is not Linux
  }
}

/** The most memory that a process ever had, in MB; 0 if /proc doesn't say. */
export function peakResident_mb(pid: number): number {
  try {
    const [, kb = '0'] = /^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
    return Math.round(Number(kb) / 1024);
  } catch {
    return 0;
  }
}

/** The CPU time that a process has used so far, in µs; 0 without /proc. */
export function cpuOf(pid: number): number {
  return timesOf(pid)?.cpu_us ?? 0;
}

/**
 * The CPU time, in µs, that the children of a process have used so far, including those that have ended. For the postmaster's
 * pid, these are PostgreSQL's backends.
 */
export function cpuOfChildren(parent: number): number {
  try {
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map(timesOf)
      .reduce((sum, times) => sum + (times?.parent === parent ? times.cpu_us : 0), timesOf(parent)?.ended_us ?? 0);
  } catch {
    return 0;
  }
}
