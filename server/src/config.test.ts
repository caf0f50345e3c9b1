import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readConfig } from './config.ts';

let dir: string;

beforeAll(() => {
  dir = mkdtempSync(path.join(os.tmpdir(), 'baton-config-'));
});
afterAll(() => rmSync(dir, { recursive: true }));

describe('settings', () => {
  test.each([
    [{ NODE_ENV: 'production' }, 'set DATABASE_URL'],
    [
      { NODE_ENV: 'production', DATABASE_URL: 'postgres://x', BATON_BCRYPT_COST: '12' },
      'BATON_SECRET and BATON_JWT_KEYS',
    ],
    [{ NODE_ENV: 'production', DATABASE_URL: 'postgres://x', BATON_BCRYPT_COST: '4' }, 'BATON_BCRYPT_COST is too low'],
    [{ BATON_SECRET: 'short' }, 'BATON_SECRET is too weak'],
    [{ BATON_SECRET: 'change-me-change-me-change-me-change-me' }, 'BATON_SECRET is too weak'],
    [{ BATON_JWT_KEYS: 'nokid' }, 'BATON_JWT_KEYS must read kid:secret'],
    [{ PORT: 'http' }, 'PORT'],
    [{ BATON_HEADERS_TIMEOUT_MS: '40000' }, 'must not be longer than BATON_REQUEST_TIMEOUT_MS'],
    [{ DATABASE_URL: 'mysql://x' }, 'DATABASE_URL'],
  ])('%j are refused in plain words', (env, says) => {
    expect(() => readConfig({ BATON_DATA_DIR: dir, ...env })).toThrow(says);
  });

  test('of development keep their secrets from start to start', () => {
    const first = readConfig({ BATON_DATA_DIR: dir });
    const second = readConfig({ BATON_DATA_DIR: dir });
    expect(second.secret).toEqual(first.secret);
    expect(second.jwt_keys).toEqual(first.jwt_keys);
  });
});
