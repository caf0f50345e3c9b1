import path from 'node:path';
import { z } from 'zod';
import { parseVerifier, type Verifier } from '../ledger/note.ts';
import { project_root } from '../lib/project.ts';
import { ConfigError } from './error.ts';
import { count } from './kinds.ts';
import { readSeed } from './secrets.ts';

/** Settings of `npm run witness`, a program that somebody other than the log's operator runs. */
export const witness_settings = {
  BATON_WITNESS_DIR: z.string().default(path.join(project_root, '.baton-witness')),
  BATON_WITNESS_KEY: z.string().optional(),
  BATON_WITNESS_LOGS: z.string().optional(),
  BATON_WITNESS_NAME: z
    .string()
    .regex(
      /^[A-Za-z0-9][A-Za-z0-9./_-]{0,119}$/,
      'must be a name of letters, digits and . / _ -, such as witness.example.com.',
    )
    .default('witness'),
  BATON_WITNESS_PORT: count(3002, 0, 65_535),
  // Node's error about any other character in a header contains the token.
  BATON_WITNESS_TOKEN: z
    .string()
    .trim()
    .regex(/^[\x21-\x7e]+$/, 'must be an API token, without spaces, line ends and other characters.')
    .optional(),
};

export interface WitnessConfig {
  host: string;
  port: number;
  name: string;
  dir: string;
  seed: Buffer;
  /** The logs whose checkpoints it cosigns. */
  logs: Verifier[];
}

const parsed = z.object(witness_settings);

function logsOf(value: string): Verifier[] {
  const keys = value
    .split(',')
    .map((key) => key.trim())
    .filter((key) => key !== '');
  if (keys.length === 0) {
    throw new ConfigError('Set BATON_WITNESS_LOGS to the keys of the logs, as npm run audit -- key prints them.');
  }
  return keys.map((key) => {
    try {
      return parseVerifier(key);
    } catch {
      throw new ConfigError(
        'BATON_WITNESS_LOGS must list keys as npm run audit -- key prints them, separated by commas.',
      );
    }
  });
}

export function witnessConfigOf(env: z.infer<typeof parsed> & { HOST: string }): WitnessConfig {
  const dir = path.resolve(env.BATON_WITNESS_DIR);
  return {
    host: env.HOST,
    port: env.BATON_WITNESS_PORT,
    name: env.BATON_WITNESS_NAME,
    dir,
    seed: readSeed({
      setting: 'BATON_WITNESS_KEY',
      value: env.BATON_WITNESS_KEY,
      file: 'key',
      dir,
      dir_setting: 'BATON_WITNESS_DIR',
    }),
    logs: logsOf(env.BATON_WITNESS_LOGS ?? ''),
  };
}
