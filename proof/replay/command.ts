import { isIPv6 } from 'node:net';
import { BatonApiError, createClient } from '../../sdk/index.ts';
import { ConfigError, environment } from '../../server/src/config.ts';
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

/** Where `npm start` serves with these settings, as seen from this machine. */
export function urlOfSettings(source: NodeJS.ProcessEnv): string {
  const given = Object.fromEntries(Object.entries(source).filter(([, value]) => value !== ''));
  const { data, error } = environment.pick({ HOST: true, PORT: true }).safeParse(given);
  if (error !== undefined) {
    throw new ConfigError(error.issues.map(({ path: [name], message }) => `${String(name)} ${message}`).join(' '));
  }
  if (data.PORT === 0)
    throw new UsageError('With PORT 0 the system chooses the port: name the server’s address with --url.');
  // A server that listens on every address is reached by the loopback's.
  const host = { '0.0.0.0': '127.0.0.1', '::': '::1' }[data.HOST] ?? data.HOST;
  return `http://${isIPv6(host) ? `[${host}]` : host}:${data.PORT}`;
}

class ServerError extends Error {
  override name = 'ServerError';
}

/** Throws, in words, unless a server is ready there. */
export async function requireServer(url: string): Promise<void> {
  try {
    await createClient({ base_url: url }).get_readyz();
  } catch (error) {
    if (!(error instanceof BatonApiError)) throw error;
    const says = `No server is ready at ${url} (${error.message}).`;
    throw new ServerError(`${says} Start it with npm start, or name its address with --url.`, { cause: error });
  }
}

/** One line for what a user can do something about; undefined for a fault of ours. */
export function inWords(error: unknown): string | undefined {
  if (error instanceof BatonApiError) {
    const lost = error.code === 'no_response' || error.code === 'timed_out';
    return lost ? `${error.message}. Is the server running? Start it with npm start.` : error.message;
  }
  const told = [UsageError, SourceError, ServerError, ConfigError].some((kind) => error instanceof kind);
  if (told) return (error as Error).message;
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
