import { type Logger, pino } from 'pino';
import type { Config } from '../config.ts';

/** The log of this process, on stdout. */
export function createLog({ log_level }: Pick<Config, 'log_level'>): Logger {
  const output = pino.destination(1);
  output.on('error', () => undefined); // nobody reads it any more
  return pino({ level: log_level }, output);
}
