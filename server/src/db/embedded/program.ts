import { spawn } from 'node:child_process';
import path from 'node:path';
import type { Runner } from './account.ts';
import { EmbeddedError } from './binaries.ts';

/** Runs one of PostgreSQL's programs until it ends. Throws `EmbeddedError` with its output if it fails. */
export async function runProgram(
  command: string,
  args: readonly string[],
  options: { runner: Runner; signal?: AbortSignal | undefined; input?: string },
): Promise<void> {
  const { runner, signal, input = '' } = options;
  const [program = command, ...rest] = [...runner.prefix, command, ...args];
  signal?.throwIfAborted();
  const child = spawn(program, rest, {
    stdio: ['pipe', 'pipe', 'pipe'],
    cwd: path.dirname(command),
    detached: true, // Ctrl-C is for Baton, which ends the program
    ...runner.identity,
  });
  const end = () => {
    try {
      // The whole group, since initdb starts other processes.
      if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, 'SIGKILL');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  };
  signal?.addEventListener('abort', end);
  process.prependOnceListener('exit', end); // before the files that it writes are removed
  let output = '';
  child.stdout.on('data', (chunk) => (output += String(chunk)));
  child.stderr.on('data', (chunk) => (output += String(chunk)));
  child.stdin.on('error', () => undefined); // it may end before it has read everything; its exit code tells
  child.stdin.end(input);
  try {
    const code = await new Promise<number | null>((resolve, reject) => {
      child.on('error', reject);
      child.on('close', resolve);
    });
    signal?.throwIfAborted();
    if (code !== 0) throw new EmbeddedError(`${path.basename(command)} failed:\n${output.trim().slice(-2000)}`);
  } finally {
    signal?.removeEventListener('abort', end);
    process.off('exit', end);
  }
}
