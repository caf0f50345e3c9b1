import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ConfigError, readConfig, readDatabaseConfig, readWitnessConfig, readWorkConfig } from './config.ts';

let dir: string;

beforeAll(() => {
  dir = mkdtempSync(path.join(os.tmpdir(), 'baton-config-'));
});
afterAll(() => rmSync(dir, { recursive: true }));

function refusal(env: NodeJS.ProcessEnv, read: (source: NodeJS.ProcessEnv) => unknown = readConfig): string {
  try {
    read({ BATON_DATA_DIR: dir, ...env });
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  return 'accepted';
}

describe('a setting that cannot be used', () => {
  const production = { NODE_ENV: 'production', DATABASE_URL: 'postgres://x' };
  test.each([
    [{ NODE_ENV: 'production' }, 'In production set DATABASE_URL.'],
    [{ NODE_ENV: 'prod' }, 'NODE_ENV must be production, development or test.'],
    [production, 'In production set BATON_SECRET, BATON_JWT_KEYS and BATON_AUDIT_KEY.'],
    [{ ...production, BATON_BCRYPT_COST: '4' }, 'BATON_BCRYPT_COST is too low'],
    [{ BATON_SECRET: 'short' }, 'BATON_SECRET is too weak'],
    [{ BATON_SECRET: 'change-me-change-me-change-me-change-me' }, 'BATON_SECRET is too weak'],
    [{ BATON_AUDIT_KEY: 'short' }, 'BATON_AUDIT_KEY is too weak'],
    [{ BATON_AUDIT_NAME: 'a b' }, 'BATON_AUDIT_NAME must be a name of letters'],
    [{ BATON_WITNESS_TOKEN: 'bat_first\nbat_second' }, 'BATON_WITNESS_TOKEN must be an API token, without spaces'],
    [{ BATON_JWT_KEYS: 'nokid' }, 'BATON_JWT_KEYS must read kid:secret'],
    [{ PORT: 'abc' }, 'PORT must be a whole number from 0 to 65535.'],
    [{ PORT: '65536' }, 'PORT must be a whole number from 0 to 65535.'],
    [{ PORT: '1e3' }, 'PORT must be a whole number'],
    [{ WEB_CONCURRENCY: '0' }, 'WEB_CONCURRENCY must be a whole number from 1 to 64.'],
    [{ BATON_HEADERS_TIMEOUT_MS: '40000' }, 'must not be longer than BATON_REQUEST_TIMEOUT_MS'],
    [{ BATON_MIGRATE: 'no' }, 'BATON_MIGRATE must be on or off.'],
    [{ LOG_LEVEL: 'loud' }, 'LOG_LEVEL must be fatal, error, warn, info, debug or silent.'],
    [{ BATON_APP_ROLE: 'a b' }, 'BATON_APP_ROLE must be the name of a role'],
    [{ BATON_TRUST_PROXY: 'yes' }, 'BATON_TRUST_PROXY must list the addresses'],
    [{ BATON_TRUST_PROXY: '10.0.0.0/8, 1.2.3' }, 'BATON_TRUST_PROXY must list the addresses'],
    [{ BATON_TRUST_PROXY: '10.0.0.0/33' }, 'BATON_TRUST_PROXY must list the addresses'],
    [{ BATON_CORS_ORIGINS: 'notaurl' }, 'BATON_CORS_ORIGINS must list origins'],
    [{ BATON_CORS_ORIGINS: 'https://a.example/' }, 'without a path or a slash at the end'],
    [{ BATON_CORS_ORIGINS: 'https://a.example,*' }, 'BATON_CORS_ORIGINS must list origins'],
    [{ BATON_POOLSIZE: '5' }, 'BATON_POOLSIZE is not a setting. Did you mean BATON_POOL_SIZE?'],
    [{ BATON_PORT: '80' }, 'BATON_PORT is not a setting. Did you mean PORT?'],
    [{ BATON_DATABASE_URL: 'postgres://x' }, 'BATON_DATABASE_URL is not a setting. Did you mean DATABASE_URL?'],
    [{ BATON_SMTP_PASSWORD: 'x' }, 'BATON_SMTP_PASSWORD is not a setting.'],
    [{ BATON_X: '1' }, 'BATON_X is not a setting. docs/operating.md lists them.'],
    [{ BATON_REGISTRATION: 'no' }, 'BATON_REGISTRATION must be open, invited or closed.'],
    [{ MIGRATE_DATABASE_URL: 'postgres://x' }, 'MIGRATE_DATABASE_URL is set and DATABASE_URL is not.'],
    [{ WORKER_DATABASE_URL: 'postgres://x' }, 'WORKER_DATABASE_URL is set and DATABASE_URL is not.'],
    [{ BATON_WORKER: 'yes' }, 'BATON_WORKER must be on or off.'],
    [{ BATON_WORK_PORT: '70000' }, 'BATON_WORK_PORT must be a whole number from 0 to 65535.'],
    [{ BATON_SMTP_URL: 'mail.example.com' }, 'BATON_SMTP_URL must be smtp://host or smtps://host'],
    [{ BATON_SMTP_URL: 'smtp://me:pa%ss@mail.example.com' }, 'BATON_SMTP_URL must be smtp://host or smtps://host'],
    [
      { BATON_SMTP_URL: 'smtp://mail.example.com' },
      'Set BATON_SMTP_URL, BATON_MAIL_FROM and BATON_APP_URL, or none of them.',
    ],
    [{ BATON_SMTP_URL: 'smtp://me@mail.example.com' }, 'BATON_SMTP_URL must be smtp://host or smtps://host'],
    [{ BATON_SMTP_URL: 'smtp://me:p#w@mail.example.com' }, 'BATON_SMTP_URL must be smtp://host or smtps://host'],
    [{ BATON_SMTP_URL: 'smtp://me:%C3@mail.example.com' }, 'BATON_SMTP_URL must be smtp://host or smtps://host'],
    [{ BATON_APP_URL: 'https://example.com/#' }, 'BATON_APP_URL must be a URL'],
    [{ BATON_MAIL_FROM: 'a@b, c@d' }, 'BATON_MAIL_FROM must be an address'],
    [{ BATON_ATTACHMENTS_S3_BUCKET: 'a/b' }, 'BATON_ATTACHMENTS_S3_BUCKET must be the name of a bucket'],
    [{ BATON_ATTACHMENTS_S3_ENDPOINT: 's3.example.com' }, 'BATON_ATTACHMENTS_S3_ENDPOINT must be a URL'],
    [{ BATON_ATTACHMENTS_S3_ENDPOINT: 'https://me:pw@s3.example.com' }, 'BATON_ATTACHMENTS_S3_ENDPOINT must be a URL'],
    [{ BATON_ATTACHMENTS_S3_REGION: 'eu central' }, 'BATON_ATTACHMENTS_S3_REGION must be the name of a region'],
    [{ BATON_ATTACHMENTS_S3_ENDPOINT: 'https://s3.example.com' }, 'set BATON_ATTACHMENTS_S3_BUCKET too.'],
    [{ BATON_ATTACHMENTS_S3_BUCKET: 'bucket', BATON_ATTACHMENTS_S3_ACCESS_KEY_ID: 'x' }, 'or neither.'],
    [
      { BATON_ATTACHMENTS_S3_BUCKET: 'bucket', BATON_ATTACHMENTS_DIR: '/files' },
      'BATON_ATTACHMENTS_DIR and BATON_ATTACHMENTS_S3_BUCKET are both set.',
    ],
    [{ BATON_SMTP_TLS: 'no' }, 'BATON_SMTP_TLS must be required or off.'],
    [{ BATON_MAIL_FROM: 'Baton' }, 'BATON_MAIL_FROM must be an address'],
    [{ BATON_APP_URL: 'https://example.com/?a=b' }, 'BATON_APP_URL must be a URL'],
    [{ BATON_SESSION_RETENTION_S: '60' }, 'BATON_SESSION_RETENTION_S must be a whole number from 900 to'],
  ])('%j is refused in one line', (env, says) => {
    const message = refusal(env);
    expect(message).toContain(says);
    expect(message).not.toContain('\n');
  });

  test('gets a line of its own among several', () => {
    expect(refusal({ PORT: 'abc', BATON_MIGRATE: 'no' }).split('\n')).toEqual([
      'PORT must be a whole number from 0 to 65535.',
      'BATON_MIGRATE must be on or off.',
    ]);
  });

  test.each([
    ['a file', () => writeFileSync(path.join(dir, 'file'), ''), 'file'],
    ['a folder below a file', () => writeFileSync(path.join(dir, 'plain'), ''), 'plain/below'],
    ['a folder where nobody can write', () => undefined, '/proc/baton'],
  ])('is refused in one line: BATON_DATA_DIR as %s', (_, prepare, at) => {
    prepare();
    const message = refusal({ BATON_DATA_DIR: path.resolve(dir, at) });
    expect(message).toMatch(/^BATON_DATA_DIR can't be used: Baton can't write .* \(E\w+\)\. Set it to a folder/);
    expect(message).not.toContain('\n');
  });
});

describe('a database’s URL', () => {
  test.each(['pa/ss', 'pa#ss', 'pa?ss', 'pa@ss', 'pa%ss', '%E4', 'a/b@c', 'a?b#c'])(
    'with the unencoded password %s is refused without being shown',
    (password) => {
      for (const name of ['DATABASE_URL', 'MIGRATE_DATABASE_URL']) {
        const url = `postgres://someone:${password}@host/db`;
        const message = refusal({ DATABASE_URL: 'postgres://x', [name]: url });
        expect(message).toContain(`${name} has a character in its password that must be percent-encoded`);
        expect(message).toContain('PGPASSWORD');
        expect(message).not.toMatch(/someone|pa.ss|@host/);
        expect(message).not.toContain('\n');
      }
    },
  );

  test.each([
    ['mysql://someone:secret@host/db', 'DATABASE_URL must read postgres://user:password@host:port/database.'],
    ['postgres://someone:secret@host:port/db', 'DATABASE_URL must read postgres://user:password@host:port/database,'],
    ['postgres://someone:secret@host/db?sslrootcert=/nowhere', "DATABASE_URL names the file /nowhere, which can't be"],
  ])('%s is refused with an explanation', (url, says) => {
    expect(refusal({ DATABASE_URL: url })).toContain(says);
    expect(refusal({ DATABASE_URL: url })).not.toContain('secret');
  });

  test.each([
    `postgres://someone:${encodeURIComponent('/#?@%:')}@host:5433/db?application_name=x`,
    'postgres://someone@host/db',
    'postgresql://host',
    'postgres://someone:a+b=c@[::1]/db',
    'postgres:///db?host=/run/postgresql',
  ])('%s is accepted', (url) => {
    expect(readConfig({ BATON_DATA_DIR: dir, DATABASE_URL: url }).database_url).toBe(url);
  });
});

describe('settings', () => {
  test('of other programs are ignored: those of Kubernetes for a service, of compose.yaml, and of the tests', () => {
    const others = {
      BATON_SERVICE_HOST: '10.0.0.1',
      BATON_SERVICE_PORT_HTTP: '3000',
      BATON_PORT: 'tcp://10.0.0.1:3000',
      BATON_WEB_PORT_3000_TCP_ADDR: '10.0.0.1',
      BATON_TEST_REPLACE: '[]',
    };
    const compose = readFileSync(path.resolve(import.meta.dirname, '../../compose.yaml'), 'utf8');
    const names = [...compose.matchAll(/\$\{(BATON_\w+)/g)].map(([, name = '']) => name);
    expect(names.length).toBeGreaterThan(2);
    // These are Baton's own.
    const own = [
      'BATON_SECRET',
      'BATON_JWT_KEYS',
      'BATON_AUDIT_KEY',
      'BATON_TRUST_PROXY',
      'BATON_SMTP_URL',
      'BATON_SMTP_TLS',
      'BATON_MAIL_FROM',
      'BATON_APP_URL',
      'BATON_API_URL',
    ];
    const passed_over = names.filter((name) => !own.includes(name));
    const given = { ...others, ...Object.fromEntries(passed_over.map((name) => [name, 'x'])) };
    expect(refusal(given)).toBe('accepted');
  });

  test('for attachments name a folder or a bucket, and by default a folder only where somebody works at a terminal', () => {
    const storeOf = (env: NodeJS.ProcessEnv) => {
      const database = { DATABASE_URL: 'postgres://x', BATON_DATA_DIR: dir };
      const { attachments_dir, attachments_s3 } = readWorkConfig({ ...database, ...env });
      return { dir: attachments_dir, s3: attachments_s3 };
    };
    expect(storeOf({})).toEqual({ dir: path.join(dir, 'attachments'), s3: undefined });
    expect(storeOf({ NODE_ENV: 'production' })).toEqual({ dir: undefined, s3: undefined });
    const aws = { bucket: 'tickets', endpoint: undefined, region: 'us-east-1', credentials: undefined };
    expect(storeOf({ BATON_ATTACHMENTS_S3_BUCKET: 'tickets' })).toEqual({ dir: undefined, s3: aws });
    const own = storeOf({
      BATON_ATTACHMENTS_DIR: '',
      BATON_ATTACHMENTS_S3_BUCKET: 'tickets',
      BATON_ATTACHMENTS_S3_ENDPOINT: 'https://example.com/s3/',
      BATON_ATTACHMENTS_S3_REGION: 'eu-central-1',
      BATON_ATTACHMENTS_S3_ACCESS_KEY_ID: 'key',
      BATON_ATTACHMENTS_S3_SECRET_ACCESS_KEY: 'secret',
    });
    const credentials = { accessKeyId: 'key', secretAccessKey: 'secret' };
    const s3 = { bucket: 'tickets', endpoint: 'https://example.com/s3', region: 'eu-central-1', credentials };
    expect(own).toEqual({ dir: undefined, s3 });
  });

  test('for verbs on the database need no secrets, and prefer the owner’s login', () => {
    const production = { NODE_ENV: 'production', BATON_DATA_DIR: '/nowhere' };
    const owner = readDatabaseConfig({ ...production, MIGRATE_DATABASE_URL: 'postgres://owner@h/d' });
    expect(owner.migrate_database_url).toBe('postgres://owner@h/d');
    const both = { DATABASE_URL: 'postgres://web@h/d', MIGRATE_DATABASE_URL: 'postgres://owner@h/d' };
    expect(readDatabaseConfig({ ...production, ...both }).migrate_database_url).toBe('postgres://owner@h/d');
    expect(readDatabaseConfig({ DATABASE_URL: 'postgres://web@h/d' }).migrate_database_url).toBe('postgres://web@h/d');
    expect(() => readDatabaseConfig(production)).toThrow('MIGRATE_DATABASE_URL or DATABASE_URL');
  });

  test('for work need no secrets, and prefer the worker’s login', () => {
    const production = { NODE_ENV: 'production', BATON_DATA_DIR: '/nowhere' };
    const own = { WORKER_DATABASE_URL: 'postgres://worker@h/d' };
    expect(readWorkConfig({ ...production, ...own }).worker_database_url).toBe('postgres://worker@h/d');
    expect(readWorkConfig({ ...production, DATABASE_URL: 'postgres://web@h/d' }).worker_database_url).toBe(
      'postgres://web@h/d',
    );
    expect(readWorkConfig({ ...production, ...own })).not.toHaveProperty('secret');
    expect(() => readWorkConfig(production)).toThrow('To work, set WORKER_DATABASE_URL or DATABASE_URL.');
  });
});

describe('the secrets of development', () => {
  const secretsOf = (at: string, log?: (line: string) => void) => {
    const { secret, jwt_keys, audit_seed } = readConfig({ BATON_DATA_DIR: at }, log);
    return { secret, jwt_keys, audit_seed };
  };

  test('are the same at every start', () => {
    expect(secretsOf(dir)).toEqual(secretsOf(dir));
  });

  test('are created again, with a message, if a power cut left the file empty', () => {
    const at = path.join(dir, 'cut');
    mkdirSync(at);
    writeFileSync(path.join(at, 'secrets.json'), '');
    const lines: string[] = [];
    const first = secretsOf(at, (line) => lines.push(line));
    expect(lines.join()).toContain('secrets.json was empty. It has new secrets now');
    expect(secretsOf(at)).toEqual(first);
  });

  test.each([
    ['audit-key', (at: string) => refusal({ BATON_DATA_DIR: at })],
    ['key', (at: string) => refusal({ BATON_WITNESS_DIR: at }, readWitnessConfig)],
  ])('are refused with the name of the file if a signing key in %s was cut off', (file, read) => {
    const at = mkdtempSync(path.join(dir, 'cut-key-'));
    writeFileSync(path.join(at, file), 'cut');
    expect(read(at)).toContain(`${path.join(at, file)} is empty or cut off`);
  });

  test.each(['{"secret":"a', '[]', '{"secret":"x"}'])(
    'are refused with an explanation if the file contains %s',
    (text) => {
      const at = mkdtempSync(path.join(dir, 'broken-'));
      writeFileSync(path.join(at, 'secrets.json'), text);
      expect(refusal({ BATON_DATA_DIR: at })).toContain(
        "secrets.json can't be read as secrets. Restore it, or delete it",
      );
    },
  );
});
