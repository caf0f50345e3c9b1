import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';

const project_root = path.resolve(import.meta.dirname, '../..');

const count = (fallback: number, min: number, max: number) =>
  z.coerce.number().int().min(min).max(max).default(fallback);
const list = z
  .string()
  .default('')
  .transform((text) =>
    text
      .split(',')
      .map((part) => part.trim())
      .filter((part) => part !== ''),
  );
const postgres_url = z.string().regex(/^postgres(ql)?:\/\//, 'Expected postgres://user:password@host:port/database.');

const environment = z.object({
  NODE_ENV: z.string().default('development'),
  HOST: z.string().default('127.0.0.1'),
  PORT: count(3000, 0, 65535),
  DATABASE_URL: postgres_url.optional(),
  MIGRATE_DATABASE_URL: postgres_url.optional(),
  BATON_APP_ROLE: z
    .string()
    .regex(/^[a-z_][a-z0-9_]{0,62}$|^$/)
    .default('baton_app'),
  BATON_MIGRATE: z.enum(['on', 'off']).default('on'),
  BATON_DATA_DIR: z.string().default(path.join(project_root, '.baton')),
  BATON_SECRET: z.string().optional(),
  BATON_JWT_KEYS: z.string().optional(),
  BATON_ACCESS_TOKEN_TTL_S: count(900, 30, 86_400),
  BATON_REFRESH_TOKEN_TTL_S: count(30 * 86_400, 60, 366 * 86_400),
  BATON_INVITATION_TTL_S: count(7 * 86_400, 60, 90 * 86_400),
  BATON_BCRYPT_COST: count(12, 4, 16),
  BATON_POOL_SIZE: count(20, 1, 500),
  BATON_STATEMENT_TIMEOUT_MS: count(10_000, 100, 120_000),
  BATON_LOCK_TIMEOUT_MS: count(5_000, 50, 60_000),
  BATON_RATE_LIMIT_PER_MINUTE: count(6_000, 1, 10_000_000),
  BATON_AUTH_LIMIT_PER_ADDRESS: count(100, 1, 10_000_000),
  BATON_AUTH_LIMIT_PER_ACCOUNT: count(10, 1, 10_000_000),
  BATON_HEADERS_TIMEOUT_MS: count(10_000, 100, 120_000),
  BATON_REQUEST_TIMEOUT_MS: count(30_000, 100, 600_000),
  BATON_CORS_ORIGINS: list,
  BATON_TRUST_PROXY: list,
  BATON_DRAIN_MS: count(0, 0, 120_000),
  BATON_SHUTDOWN_TIMEOUT_MS: count(15_000, 0, 300_000),
  WEB_CONCURRENCY: count(1, 1, 64),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'silent']).optional(),
});

export interface JwtKey {
  kid: string;
  secret: Buffer;
}

export interface Config {
  production: boolean;
  host: string;
  port: number;
  /** Undefined: bring up the embedded database in data_dir. */
  database_url: string | undefined;
  /** The owner's login, for migrations; the same as database_url unless set. */
  migrate_database_url: string | undefined;
  app_role: string | undefined;
  migrate: boolean;
  data_dir: string;
  secret: Buffer;
  /** The first signs; all verify. */
  jwt_keys: readonly JwtKey[];
  access_token_ttl_s: number;
  refresh_token_ttl_s: number;
  invitation_ttl_s: number;
  bcrypt_cost: number;
  pool_size: number;
  statement_timeout_ms: number;
  lock_timeout_ms: number;
  rate_limit_per_minute: number;
  auth_limit_per_address: number;
  auth_limit_per_account: number;
  headers_timeout_ms: number;
  /** How long a request may take to arrive, and an answer may wait for its reader. */
  request_timeout_ms: number;
  cors_origins: readonly string[];
  trust_proxy: readonly string[];
  /** How long readiness is off before the port closes. */
  drain_ms: number;
  shutdown_timeout_ms: number;
  processes: number;
  log_level: string;
}

/** A setting that can't be used; the message names it and says what to do. */
export class ConfigError extends Error {
  override name = 'ConfigError';
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

function parseJwtKeys(value: string): JwtKey[] {
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
  return keys;
}

/** Secrets of a development installation: made once, kept beside its database, readable by its owner only. */
function keptSecrets(data_dir: string): { secret: string; jwt_keys: string } {
  const file = path.join(data_dir, 'secrets.json');
  if (!existsSync(file)) {
    mkdirSync(data_dir, { recursive: true });
    const fresh = {
      secret: randomBytes(48).toString('base64'),
      jwt_keys: `dev-${Date.now().toString(36)}:${randomBytes(48).toString('base64')}`,
    };
    try {
      writeFileSync(file, JSON.stringify(fresh), { mode: 0o600, flag: 'wx' });
      chmodSync(file, 0o600);
    } catch (error) {
      // Another process was first: its secrets are as good.
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
  return JSON.parse(readFileSync(file, 'utf8')) as { secret: string; jwt_keys: string };
}

function readSecrets(env: z.infer<typeof environment>, production: boolean) {
  if (production && (env.BATON_SECRET === undefined || env.BATON_JWT_KEYS === undefined)) {
    throw new ConfigError('In production set BATON_SECRET and BATON_JWT_KEYS. See docs/operating.md.');
  }
  const kept = env.BATON_SECRET && env.BATON_JWT_KEYS ? undefined : keptSecrets(env.BATON_DATA_DIR);
  return {
    secret: requireStrong('BATON_SECRET', env.BATON_SECRET ?? kept?.secret ?? ''),
    jwt_keys: parseJwtKeys(env.BATON_JWT_KEYS ?? kept?.jwt_keys ?? ''),
  };
}

/** Reads and checks the environment, once. Throws `ConfigError` naming the setting to change. */
export function readConfig(source: NodeJS.ProcessEnv = process.env): Config {
  const given = Object.fromEntries(Object.entries(source).filter(([, value]) => value !== ''));
  const parsed = environment.safeParse({
    ...given,
    ...(source['BATON_APP_ROLE'] === '' ? { BATON_APP_ROLE: '' } : {}),
  });
  if (!parsed.success) {
    const lines = parsed.error.issues.map((issue) => `  ${issue.path.join('.')}: ${issue.message}`);
    throw new ConfigError(`These settings can't be used:\n${lines.join('\n')}`);
  }
  const env = parsed.data;
  const production = env.NODE_ENV === 'production';
  if (production && env.DATABASE_URL === undefined) {
    throw new ConfigError('In production set DATABASE_URL. See docs/operating.md.');
  }
  if (production && env.BATON_BCRYPT_COST < 10) {
    throw new ConfigError('BATON_BCRYPT_COST is too low for production. Use 10 or more; 12 is the default.');
  }
  if (env.BATON_HEADERS_TIMEOUT_MS > env.BATON_REQUEST_TIMEOUT_MS) {
    throw new ConfigError('BATON_HEADERS_TIMEOUT_MS must not be longer than BATON_REQUEST_TIMEOUT_MS.');
  }
  return Object.freeze({
    production,
    host: env.HOST,
    port: env.PORT,
    database_url: env.DATABASE_URL,
    migrate_database_url: env.MIGRATE_DATABASE_URL ?? env.DATABASE_URL,
    app_role: env.BATON_APP_ROLE === '' ? undefined : env.BATON_APP_ROLE,
    migrate: env.BATON_MIGRATE === 'on',
    data_dir: path.resolve(env.BATON_DATA_DIR),
    ...readSecrets(env, production),
    access_token_ttl_s: env.BATON_ACCESS_TOKEN_TTL_S,
    refresh_token_ttl_s: env.BATON_REFRESH_TOKEN_TTL_S,
    invitation_ttl_s: env.BATON_INVITATION_TTL_S,
    bcrypt_cost: env.BATON_BCRYPT_COST,
    pool_size: env.BATON_POOL_SIZE,
    statement_timeout_ms: env.BATON_STATEMENT_TIMEOUT_MS,
    lock_timeout_ms: env.BATON_LOCK_TIMEOUT_MS,
    rate_limit_per_minute: env.BATON_RATE_LIMIT_PER_MINUTE,
    auth_limit_per_address: env.BATON_AUTH_LIMIT_PER_ADDRESS,
    auth_limit_per_account: env.BATON_AUTH_LIMIT_PER_ACCOUNT,
    headers_timeout_ms: env.BATON_HEADERS_TIMEOUT_MS,
    request_timeout_ms: env.BATON_REQUEST_TIMEOUT_MS,
    cors_origins: env.BATON_CORS_ORIGINS,
    trust_proxy: env.BATON_TRUST_PROXY,
    drain_ms: env.BATON_DRAIN_MS,
    shutdown_timeout_ms: env.BATON_SHUTDOWN_TIMEOUT_MS,
    processes: env.WEB_CONCURRENCY,
    // A person at a terminal reads what goes wrong; a log collector reads everything.
    log_level: env.LOG_LEVEL ?? (production ? 'info' : 'warn'),
  });
}
