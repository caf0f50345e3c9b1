import { BatonApiError } from '../../sdk/index.ts';
import { SourceError } from '../../server/src/importing/source.ts';

/** What is wrong with how a command was called. */
export class UsageError extends Error {
  override name = 'UsageError';
}

/** A whole number within bounds, given on the command line. */
export function wholeNumber(name: string, given: string, bounds: { min: number; max: number }): number {
  const number = /^\d{1,9}$/.test(given) ? Number(given) : NaN;
  if (number >= bounds.min && number <= bounds.max) return number;
  throw new UsageError(`--${name} must be a whole number from ${bounds.min} to ${bounds.max}, not "${given}".`);
}

/** The URL of a server, given on the command line. */
export function serverUrl(given: string): string {
  const url = URL.canParse(given) ? new URL(given) : undefined;
  if (url?.protocol === 'http:' || url?.protocol === 'https:') return given;
  throw new UsageError(`--url must be the URL of a server, like http://127.0.0.1:3000, not "${given}".`);
}

/** One line for what a user can do something about; undefined for a fault of ours. */
export function inWords(error: unknown): string | undefined {
  if (error instanceof BatonApiError) {
    const lost = error.code === 'no_response' || error.code === 'timed_out';
    return lost ? `${error.message}. Is the server running? Start it with npm start.` : error.message;
  }
  if (error instanceof UsageError || error instanceof SourceError) return error.message;
  const code = error instanceof TypeError ? (error as NodeJS.ErrnoException).code : undefined;
  return code?.startsWith('ERR_PARSE_ARGS') === true ? (error as Error).message : undefined;
}

/**
 * Runs a command to its end. `cleanUp` runs in any case, also when the command is told to stop or its terminal is gone:
 * whatever it started, it stops.
 */
export async function runCommand(run: () => Promise<void>, cleanUp: () => Promise<void>): Promise<void> {
  let stopping: Promise<void> | undefined;
  const stop = () => (stopping ??= cleanUp());
  for (const [signal, number] of [
    ['SIGINT', 2],
    ['SIGTERM', 15],
    ['SIGHUP', 1],
  ] as const) {
    process.on(signal, () => void stop().finally(() => process.exit(128 + number)));
  }
  // `| head` closes the pipe, and a closed terminal its end: neither may keep the clean-up from its work.
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', () => void stop().finally(() => process.exit(1)));
  }
  try {
    await run();
  } catch (error) {
    if (stopping !== undefined) await new Promise(() => undefined); // what fails now, fails for want of the server
    const words = inWords(error);
    if (words === undefined) throw error;
    console.error(words);
    process.exitCode = error instanceof UsageError ? 2 : 1;
  } finally {
    await stop();
  }
}
