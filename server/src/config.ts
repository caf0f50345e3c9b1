import path from 'node:path';
import { z } from 'zod';
import { attachment_settings, type AttachmentsConfig, attachmentsConfigOf } from './config/attachments.ts';
import { ConfigError } from './config/error.ts';
import { choice, count, networks, origins, postgres_url } from './config/kinds.ts';
import { limit_settings, type Limits, limitsOf } from './config/limits.ts';
import { type MailConfig, mail_settings, mailConfigOf } from './config/mail.ts';
import { type JwtKey, readSecrets, requireAuditKeyIn, secretIfGiven } from './config/secrets.ts';
import { refuseUnknown } from './config/unknown.ts';
import { type WitnessConfig, witness_settings, witnessConfigOf } from './config/witness.ts';
import { worker_settings, type WorkerSettings, workerSettingsOf } from './config/worker.ts';
import { project_root } from './lib/project.ts';

export { ConfigError } from './config/error.ts';
export { type JwtKey, unusableDirectory } from './config/secrets.ts';

/** Every setting, by its name; docs/operating.md lists them. */
export const environment = z.object({
  NODE_ENV: choice(['production', 'development', 'test']).default('development'),
  HOST: z.string().default('127.0.0.1'),
  PORT: count(3000, 0, 65535),
  DATABASE_URL: postgres_url.optional(),
  MIGRATE_DATABASE_URL: postgres_url.optional(),
  WORKER_DATABASE_URL: postgres_url.optional(),
  BATON_APP_ROLE: z
    .string()
    .regex(/^[a-z_][a-z0-9_]{0,62}$|^$/, 'must be the name of a role: lower-case letters, digits and _.')
    .default('baton_app'),
  BATON_MIGRATE: choice(['on', 'off']).default('on'),
  BATON_DATABASE_WAIT_S: count(60, 0, 3_600),
  BATON_DATA_DIR: z.string().default(path.join(project_root, '.baton')),
  ...attachment_settings,
  BATON_SECRET: z.string().optional(),
  BATON_JWT_KEYS: z.string().optional(),
  BATON_AUDIT_KEY: z.string().optional(),
  BATON_AUDIT_NAME: z
    .string()
    .regex(
      /^[A-Za-z0-9][A-Za-z0-9./_-]{0,119}$/,
      'must be a name of letters, digits and . / _ -, such as tickets.example.com.',
    )
    .default('baton'),
  BATON_AUDIT_INTERVAL_S: count(60, 0, 86_400),
  BATON_ACCESS_TOKEN_TTL_S: count(900, 30, 86_400),
  BATON_REFRESH_TOKEN_TTL_S: count(30 * 86_400, 60, 366 * 86_400),
  BATON_REFRESH_GRACE_S: count(30, 0, 300),
  BATON_REGISTRATION: choice(['open', 'invited', 'closed']).default('open'),
  BATON_PASSWORD_RESET_TTL_S: count(3_600, 60, 7 * 86_400),
  BATON_INVITATION_TTL_S: count(7 * 86_400, 60, 90 * 86_400),
  BATON_TOKEN_TTL_DAYS: count(90, 1, 3_650),
  BATON_TOKEN_MAX_TTL_DAYS: count(365, 1, 3_650),
  BATON_BCRYPT_COST: count(12, 4, 16),
  BATON_POOL_SIZE: count(20, 1, 500),
  BATON_POOL_MIN: count(0, 0, 500),
  BATON_STATEMENT_TIMEOUT_MS: count(10_000, 100, 120_000),
  BATON_LOCK_TIMEOUT_MS: count(5_000, 50, 60_000),
  BATON_RATE_LIMIT_PER_MINUTE: count(6_000, 1, 10_000_000),
  BATON_AUTH_LIMIT_PER_ADDRESS: count(100, 1, 10_000_000),
  BATON_AUTH_LIMIT_PER_ACCOUNT: count(10, 1, 10_000_000),
  BATON_AUTH_LIMIT_SUCCESSES: count(100, 1, 10_000_000),
  BATON_HEADERS_TIMEOUT_MS: count(10_000, 100, 120_000),
  BATON_REQUEST_TIMEOUT_MS: count(30_000, 100, 600_000),
  BATON_CORS_ORIGINS: origins,
  BATON_TRUST_PROXY: networks,
  ...limit_settings,
  ...worker_settings,
  ...mail_settings,
  ...witness_settings,
  BATON_DRAIN_MS: count(0, 0, 120_000),
  BATON_SHUTDOWN_TIMEOUT_MS: count(15_000, 0, 300_000),
  WEB_CONCURRENCY: count(1, 1, 64),
  LOG_LEVEL: choice(['fatal', 'error', 'warn', 'info', 'debug', 'silent']).optional(),
});

export interface Config extends Limits, WorkerSettings, AttachmentsConfig {
  production: boolean;
  host: string;
  port: number;
  /** Undefined: bring up the embedded database in data_dir. */
  database_url: string | undefined;
  /** The owner's login, for migrations; the same as database_url unless set. */
  migrate_database_url: string | undefined;
  /** The worker's login; the same as database_url unless set. */
  worker_database_url: string | undefined;
  app_role: string | undefined;
  migrate: boolean;
  data_dir: string;
  /** How long a start waits for a database that can't be reached yet. */
  database_wait_s: number;
  secret: Buffer;
  /** The first signs; all verify. */
  jwt_keys: readonly [JwtKey, ...JwtKey[]];
  /** The seed of the key that signs the checkpoints of the audit logs. */
  audit_seed: Buffer;
  /** The prefix of the audit logs' names. */
  audit_name: string;
  /** The shortest time between two signed checkpoints of one log. */
  audit_interval_s: number;
  access_token_ttl_s: number;
  refresh_token_ttl_s: number;
  /** How long a spent refresh token still returns the same successor. */
  refresh_grace_s: number;
  /** Who may sign up: everybody, people with an invitation to their address, or nobody. */
  registration: 'open' | 'invited' | 'closed';
  /** Life of a one-time token for a new password. */
  password_reset_ttl_s: number;
  invitation_ttl_s: number;
  /** The default life of an API token, and the longest one. */
  token_ttl_days: number;
  token_max_ttl_days: number;
  bcrypt_cost: number;
  pool_size: number;
  /** How many connections stay open when they are idle. */
  pool_min: number;
  statement_timeout_ms: number;
  lock_timeout_ms: number;
  rate_limit_per_minute: number;
  auth_limit_per_address: number;
  auth_limit_per_account: number;
  /** How many sign-ins of an account, and refreshes of a session, are allowed in the same window. */
  auth_limit_successes: number;
  headers_timeout_ms: number;
  /** How long a request may take to arrive, and how long a response may wait to be read. */
  request_timeout_ms: number;
  /** Undefined: no mail is sent. */
  mail: MailConfig | undefined;
  cors_origins: readonly string[];
  trust_proxy: readonly string[];
  /** How long readiness is off before the port closes. */
  drain_ms: number;
  shutdown_timeout_ms: number;
  processes: number;
  log_level: string;
}

/** The settings of a verb that works on the database without serving requests. It needs no secrets. */
export type DatabaseConfig = Pick<
  Config,
  | 'database_url'
  | 'migrate_database_url'
  | 'worker_database_url'
  | 'data_dir'
  | 'database_wait_s'
  | 'pool_size'
  | 'worker'
  | 'worker_pool_size'
  | 'processes'
  | 'password_reset_ttl_s'
  | 'app_role'
  | 'statement_timeout_ms'
  | 'lock_timeout_ms'
>;

/** Adds settings that the environment doesn't have from a file: BATON_ENV_FILE, or .env in the project. */
export function readEnvFile(): void {
  const given = process.env['BATON_ENV_FILE'];
  if (given === '') return;
  const file = path.resolve(given ?? path.join(project_root, '.env'));
  try {
    process.loadEnvFile(file);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' && given === undefined) return;
    throw new ConfigError(`${given === undefined ? '' : 'BATON_ENV_FILE: '}${file} can't be read (${code}).`);
  }
}

type Environment = z.infer<typeof environment>;

function parse(source: NodeJS.ProcessEnv): Environment {
  const given = Object.fromEntries(Object.entries(source).filter(([, value]) => value !== ''));
  refuseUnknown(given, [...Object.keys(environment.shape), 'BATON_ENV_FILE']);
  const parsed = environment.safeParse({
    ...given,
    ...(source['BATON_APP_ROLE'] === '' ? { BATON_APP_ROLE: '' } : {}),
  });
  if (parsed.success) return parsed.data;
  throw new ConfigError(
    parsed.error.issues.map(({ path: [name], message }) => `${String(name)} ${message}`).join('\n'),
  );
}

/**
 * Reads the settings of a verb on the database, which is that of MIGRATE_DATABASE_URL, else DATABASE_URL, else the
 * embedded one.
 */
export function readDatabaseConfig(source: NodeJS.ProcessEnv = process.env): DatabaseConfig {
  const env = parse(source);
  const url = env.MIGRATE_DATABASE_URL ?? env.DATABASE_URL;
  if (env.NODE_ENV === 'production' && url === undefined) {
    throw new ConfigError('In production set MIGRATE_DATABASE_URL or DATABASE_URL. See docs/operating.md.');
  }
  return databaseConfig(env);
}

/** Throws unless there is a key of audit logs, for a command that must not create one. */
export function requireAuditKey(source: NodeJS.ProcessEnv = process.env): void {
  const env = parse(source);
  requireAuditKeyIn(path.resolve(env.BATON_DATA_DIR), env.BATON_AUDIT_KEY);
}

function databaseConfig(env: Environment): DatabaseConfig {
  return {
    database_url: env.DATABASE_URL,
    migrate_database_url: env.MIGRATE_DATABASE_URL ?? env.DATABASE_URL,
    worker_database_url: env.WORKER_DATABASE_URL ?? env.DATABASE_URL,
    data_dir: path.resolve(env.BATON_DATA_DIR),
    database_wait_s: env.BATON_DATABASE_WAIT_S,
    pool_size: env.BATON_POOL_SIZE,
    worker: env.BATON_WORKER === 'on',
    worker_pool_size: env.BATON_WORKER_POOL_SIZE,
    processes: env.WEB_CONCURRENCY,
    password_reset_ttl_s: env.BATON_PASSWORD_RESET_TTL_S,
    app_role: env.BATON_APP_ROLE === '' ? undefined : env.BATON_APP_ROLE,
    statement_timeout_ms: env.BATON_STATEMENT_TIMEOUT_MS,
    lock_timeout_ms: env.BATON_LOCK_TIMEOUT_MS,
  };
}

/** The settings of `work`. Its only secret decrypts those of webhooks; without it, the worker delivers to no webhook. */
export type WorkConfig = Omit<Config, 'secret' | 'jwt_keys' | 'audit_seed'> & { secret?: Buffer | undefined };

/** Reads and checks the environment for `work`. Throws `ConfigError` naming the setting to change. */
export function readWorkConfig(source: NodeJS.ProcessEnv = process.env): WorkConfig {
  const env = parse(source);
  const secret = secretIfGiven(env);
  const config: WorkConfig = { ...withoutSecrets(env), ...(secret === undefined ? {} : { secret }) };
  if (config.worker_database_url !== undefined) return Object.freeze(config);
  throw new ConfigError(
    'To work, set WORKER_DATABASE_URL or DATABASE_URL. With the embedded database, npm start does the work itself.',
  );
}

/** The settings of `jobs`: the worker's database, and how long rows are kept after they have ended. */
export type JobsConfig = DatabaseConfig & WorkerSettings;

/** Reads and checks the environment for `jobs`. */
export function readJobsConfig(source: NodeJS.ProcessEnv = process.env): JobsConfig {
  const env = parse(source);
  const config = { ...databaseConfig(env), ...workerSettingsOf(env) };
  if (env.NODE_ENV !== 'production' || config.worker_database_url !== undefined) return config;
  throw new ConfigError('In production set WORKER_DATABASE_URL or DATABASE_URL. See docs/operating.md.');
}

/** Reads and checks the environment for `witness`. */
export const readWitnessConfig = (source: NodeJS.ProcessEnv = process.env): WitnessConfig =>
  witnessConfigOf(parse(source));

/** Reads the API token with which a log is read for its witness. */
export function readWitnessToken(source: NodeJS.ProcessEnv = process.env): string {
  const { BATON_WITNESS_TOKEN: token } = parse(source);
  if (token === undefined) throw new ConfigError('Set BATON_WITNESS_TOKEN to an API token with audit:read.');
  return token;
}

/** Reads and checks the environment for `serve`, once. Throws `ConfigError` naming the setting to change. */
export function readConfig(
  source: NodeJS.ProcessEnv = process.env,
  log: (line: string) => void = () => undefined,
): Config {
  const env = parse(source);
  const production = env.NODE_ENV === 'production';
  if (production && env.DATABASE_URL === undefined) {
    throw new ConfigError('In production set DATABASE_URL. See docs/operating.md.');
  }
  for (const name of ['MIGRATE_DATABASE_URL', 'WORKER_DATABASE_URL'] as const) {
    if (env[name] !== undefined && env.DATABASE_URL === undefined) {
      throw new ConfigError(`${name} is set and DATABASE_URL is not. To serve, set DATABASE_URL too.`);
    }
  }
  if (production && env.BATON_BCRYPT_COST < 10) {
    throw new ConfigError('BATON_BCRYPT_COST is too low for production. Use 10 or more; 12 is the default.');
  }
  return Object.freeze({ ...withoutSecrets(env), ...readSecrets(env, production, log) });
}

function withoutSecrets(env: Environment): Omit<Config, 'secret' | 'jwt_keys' | 'audit_seed'> {
  if (env.BATON_HEADERS_TIMEOUT_MS > env.BATON_REQUEST_TIMEOUT_MS) {
    throw new ConfigError('BATON_HEADERS_TIMEOUT_MS must not be longer than BATON_REQUEST_TIMEOUT_MS.');
  }
  const production = env.NODE_ENV === 'production';
  return {
    production,
    host: env.HOST,
    port: env.PORT,
    ...databaseConfig(env),
    migrate: env.BATON_MIGRATE === 'on',
    ...attachmentsConfigOf(env),
    audit_name: env.BATON_AUDIT_NAME,
    audit_interval_s: env.BATON_AUDIT_INTERVAL_S,
    access_token_ttl_s: env.BATON_ACCESS_TOKEN_TTL_S,
    refresh_token_ttl_s: env.BATON_REFRESH_TOKEN_TTL_S,
    registration: env.BATON_REGISTRATION,
    refresh_grace_s: env.BATON_REFRESH_GRACE_S,
    invitation_ttl_s: env.BATON_INVITATION_TTL_S,
    token_ttl_days: env.BATON_TOKEN_TTL_DAYS,
    token_max_ttl_days: env.BATON_TOKEN_MAX_TTL_DAYS,
    pool_min: Math.min(env.BATON_POOL_MIN, env.BATON_POOL_SIZE),
    bcrypt_cost: env.BATON_BCRYPT_COST,
    rate_limit_per_minute: env.BATON_RATE_LIMIT_PER_MINUTE,
    auth_limit_per_address: env.BATON_AUTH_LIMIT_PER_ADDRESS,
    auth_limit_per_account: env.BATON_AUTH_LIMIT_PER_ACCOUNT,
    auth_limit_successes: env.BATON_AUTH_LIMIT_SUCCESSES,
    headers_timeout_ms: env.BATON_HEADERS_TIMEOUT_MS,
    request_timeout_ms: env.BATON_REQUEST_TIMEOUT_MS,
    ...limitsOf(env),
    ...workerSettingsOf(env),
    mail: mailConfigOf(env),
    cors_origins: env.BATON_CORS_ORIGINS,
    trust_proxy: env.BATON_TRUST_PROXY,
    drain_ms: env.BATON_DRAIN_MS,
    shutdown_timeout_ms: env.BATON_SHUTDOWN_TIMEOUT_MS,
    // A person at a terminal wants to see only what goes wrong; a log collector reads everything.
    log_level: env.LOG_LEVEL ?? (production ? 'info' : 'warn'),
  };
}
