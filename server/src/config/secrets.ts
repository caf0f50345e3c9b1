import { hkdfSync, randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { createDurably, makeDirectoryDurably, replaceDurably } from '../lib/durable-files.ts';
import { ConfigError } from './error.ts';

export interface JwtKey {
  kid: string;
  secret: Buffer;
}

const min_secret_bytes = 32;
const example = /change.?me|example|secret|password|^(.)\1*$/i;

function requireStrong(name: string, value: string): Buffer {
  const bytes = Buffer.from(value, 'utf8');
  if (bytes.length < min_secret_bytes || example.test(value) || new Set(value).size < 10) {
    throw new ConfigError(`${name} is too weak. Use at least 32 random bytes: openssl rand -base64 48`);
  }
  return bytes;
}

function parseJwtKeys(value: string): [JwtKey, ...JwtKey[]] {
  const keys = value.split(',').map((entry) => {
    const at = entry.indexOf(':');
    const kid = entry.slice(0, at);
    if (at < 1 || !/^[\w.-]{1,40}$/.test(kid)) {
      throw new ConfigError(
        'BATON_JWT_KEYS must read kid:secret, or kid:secret,older_kid:older_secret while rotating.',
      );
    }
    return { kid, secret: requireStrong('BATON_JWT_KEYS', entry.slice(at + 1)) };
  });
  if (keys.length > 2 || new Set(keys.map((key) => key.kid)).size !== keys.length) {
    throw new ConfigError('BATON_JWT_KEYS takes one key, or two with different ids while rotating.');
  }
  return keys as [JwtKey, ...JwtKey[]];
}

interface Kept {
  secret: string;
  jwt_keys: string;
}

function freshSecrets(): string {
  return JSON.stringify({
    secret: randomBytes(48).toString('base64'),
    jwt_keys: `dev-${Date.now().toString(36)}:${randomBytes(48).toString('base64')}`,
  } satisfies Kept);
}

function parseKept(text: string): Kept | undefined {
  try {
    const { secret, jwt_keys } = JSON.parse(text) as Partial<Kept>;
    return typeof secret === 'string' && typeof jwt_keys === 'string' ? { secret, jwt_keys } : undefined;
  } catch {
    return undefined;
  }
}

/** Secrets of a development installation: created once, kept beside its database, readable by its owner only. */
function keptSecrets(data_dir: string, log: (line: string) => void): Kept {
  const file = path.join(data_dir, 'secrets.json');
  try {
    makeDirectoryDurably(data_dir);
    createDurably(file, freshSecrets);
    if (readFileSync(file, 'utf8').trim() === '') {
      // A power cut may leave an empty file. Access tokens and cursors become invalid; sessions continue by their
      // refresh tokens.
      log(`${file} was empty. It has new secrets now; access tokens signed before are no longer valid.`);
      replaceDurably(file, freshSecrets());
    }
    const kept = parseKept(readFileSync(file, 'utf8'));
    if (kept !== undefined) return kept;
  } catch (error) {
    throw unusableDirectory(data_dir, error);
  }
  throw new ConfigError(`${file} can't be read as secrets. Restore it, or delete it: the next start creates new ones.`);
}

/** Turns a system error about a directory into a `ConfigError`; returns any other error unchanged. */
export function unusableDirectory(dir: string, error: unknown, setting = 'BATON_DATA_DIR'): unknown {
  const { code, path: at = dir } = error as NodeJS.ErrnoException;
  if (code === undefined || !/^E[A-Z]+$/.test(code)) return error;
  return new ConfigError(
    `${setting} can't be used: Baton can't write ${at} (${code}). Set it to a folder that Baton may write to.`,
  );
}

const audit_key_file = 'audit-key';

interface Seed {
  setting: string;
  value: string | undefined;
  /**
   * The file that keeps the seed if none is given. It is a separate file, because other people keep what was signed
   * with it.
   */
  file: string;
  dir: string;
  dir_setting: string;
}

/**
 * The 32 bytes that a signing key is created from. They are derived from a secret of any length, which is kept in a
 * file if none is given.
 */
export function readSeed({ setting, value, file, dir, dir_setting }: Seed): Buffer {
  const kept = () => {
    const at = path.join(dir, file);
    try {
      makeDirectoryDurably(dir);
      createDurably(at, () => randomBytes(48).toString('base64'));
      return readFileSync(at, 'utf8').trim();
    } catch (error) {
      throw unusableDirectory(dir, error, dir_setting);
    }
  };
  const seed = value === undefined ? requireKept(path.join(dir, file), kept()) : requireStrong(setting, value);
  return Buffer.from(hkdfSync('sha256', seed, '', setting, 32));
}

/** Requires that a kept key is whole. Baton generated it, so a short one means that the file is damaged. */
function requireKept(at: string, text: string): Buffer {
  const bytes = Buffer.from(text, 'utf8');
  if (bytes.length >= min_secret_bytes) return bytes;
  throw new ConfigError(
    `${at} is empty or cut off: it contained the signing key. Restore it from a backup. If it is lost, delete it: Baton writes a new key, and what the old one signed can't be verified by the new one.`,
  );
}

/** Refuses to go on without the key that signed the audit logs. A command that created one would show a key that signed none. */
export function requireAuditKeyIn(data_dir: string, given: string | undefined): void {
  if (given !== undefined || existsSync(path.join(data_dir, audit_key_file))) return;
  const where = 'Set BATON_DATA_DIR to the directory of your server, or BATON_AUDIT_KEY to its key.';
  throw new ConfigError(`There is no key of audit logs in ${data_dir}. ${where}`);
}

interface Given {
  BATON_SECRET?: string | undefined;
  BATON_JWT_KEYS?: string | undefined;
  BATON_AUDIT_KEY?: string | undefined;
  BATON_DATA_DIR: string;
}

/** BATON_SECRET, for a process that can do without it: `work` then delivers to no webhooks and sends no mail. */
export function secretIfGiven({ BATON_SECRET: given }: Pick<Given, 'BATON_SECRET'>): Buffer | undefined {
  return given === undefined ? undefined : requireStrong('BATON_SECRET', given);
}

/** The secrets that were given. In development, missing ones are generated and kept in the data directory. */
export function readSecrets(env: Given, production: boolean, log: (line: string) => void) {
  const given = [env.BATON_SECRET, env.BATON_JWT_KEYS, env.BATON_AUDIT_KEY];
  if (production && given.includes(undefined)) {
    throw new ConfigError('In production set BATON_SECRET, BATON_JWT_KEYS and BATON_AUDIT_KEY. See docs/operating.md.');
  }
  const kept = env.BATON_SECRET && env.BATON_JWT_KEYS ? undefined : keptSecrets(env.BATON_DATA_DIR, log);
  return {
    secret: requireStrong('BATON_SECRET', env.BATON_SECRET ?? kept?.secret ?? ''),
    jwt_keys: parseJwtKeys(env.BATON_JWT_KEYS ?? kept?.jwt_keys ?? ''),
    audit_seed: readSeed({
      setting: 'BATON_AUDIT_KEY',
      value: env.BATON_AUDIT_KEY,
      file: audit_key_file,
      dir: env.BATON_DATA_DIR,
      dir_setting: 'BATON_DATA_DIR',
    }),
  };
}
