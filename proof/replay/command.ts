import { isIPv6 } from 'node:net';
import { BatonApiError, createClient } from '../../sdk/index.ts';
import { ConfigError, environment } from '../../server/src/config.ts';
import { SourceError } from '../../server/src/importing/source.ts';

/** A command was called with wrong arguments. */
export class UsageError extends Error {
  override name = 'UsageError';
}

/** Parses a whole number within bounds from the command line. */
export function wholeNumber(name: string, given: string, bounds: { min: number; max: number }): number {
  const number = /^\d{1,9}$/.test(given) ? Number(given) : NaN;
  if (number >= bounds.min && number <= bounds.max) return number;
  throw new UsageError(`--${name} must be a whole number from ${bounds.min} to ${bounds.max}, not "${given}".`);
}

/** Checks the URL of a server from the command line. */
export function serverUrl(given: string): string {
  const url = URL.canParse(given) ? new URL(given) : undefined;
  if (url?.protocol === 'http:' || url?.protocol === 'https:') return given;
  throw new UsageError(`--url must be the URL of a server, like http://127.0.0.1:3000, not "${given}".`);
}

/** The URL on this machine at which `npm start` serves with these settings. */
export function urlOfSettings(source: NodeJS.ProcessEnv): string {
  const given = Object.fromEntries(Object.entries(source).filter(([, value]) => value !== ''));
  const { data, error } = environment.pick({ HOST: true, PORT: true }).safeParse(given);
  if (error !== undefined) {
    throw new ConfigError(error.issues.map(({ path: [name], message }) => `${String(name)} ${message}`).join(' '));
  }
  if (data.PORT === 0)
    throw new UsageError('With PORT 0 the system chooses the port: name the server’s address with --url.');
  // A server that listens on every address is reached by the loopback address.
  const host = { '0.0.0.0': '127.0.0.1', '::': '::1' }[data.HOST] ?? data.HOST;
  return `http://${isIPv6(host) ? `[${host}]` : host}:${data.PORT}`;
}

class ServerError extends Error {
  override name = 'ServerError';
}

/** Throws an error with a readable message unless a server is ready there. */
export async function requireServer(url: string): Promise<void> {
  try {
    await createClient({ base_url: url }).get_readyz();
  } catch (error) {
    if (!(error instanceof BatonApiError)) throw error;
    const says = `No server is ready at ${url} (${error.message}).`;
    throw new ServerError(`${says} Start it with npm start, or name its address with --url.`, { cause: error });
  }
}

/** One line for an error that the user can do something about; undefined for a bug. */
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
 * Runs a command to its end. `cleanUp` always runs, even if the command is told to stop or loses its terminal, and stops whatever
 * the command started.
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
  // `| head` closes the pipe, and a terminal that closes ends it, too: neither may prevent the clean-up.
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', () => void stop().finally(() => process.exit(1)));
  }
  try {
    await run();
  } catch (error) {
    if (stopping !== undefined) await new Promise(() => undefined); // errors from here on come only from the missing server
    const words = inWords(error);
    if (words === undefined) throw error;
    console.error(words);
    process.exitCode = error instanceof UsageError ? 2 : 1;
  } finally {
    await stop();
  }
}
