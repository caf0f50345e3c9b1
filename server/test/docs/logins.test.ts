import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { expect, test } from 'vitest';
import { clusterUrl } from '../../../proof/harness/database.ts';

const file = path.resolve(import.meta.dirname, '../../sql/logins.sql');
const { PATH = '' } = process.env;
const has_psql = spawnSync('psql', ['--version']).status === 0;

test
  .skipIf(!has_psql)
  .each([
    [{}],
    [{ BATON_OWNER_PASSWORD: 'one', BATON_WEB_PASSWORD: 'two' }],
    [{ BATON_OWNER_PASSWORD: 'one', BATON_WEB_PASSWORD: '', BATON_WORKER_PASSWORD: 'three' }],
  ])('logins.sql with only %j set creates nothing and names the variables to set', (passwords) => {
  const { status, stderr } = spawnSync('psql', [clusterUrl('postgres'), '-q', '-f', file], {
    env: { PATH, ...passwords },
    encoding: 'utf8',
  });
  expect(stderr).toContain('Set BATON_OWNER_PASSWORD, BATON_WEB_PASSWORD and BATON_WORKER_PASSWORD.');
  expect(stderr).not.toContain('create role');
  expect(status).toBe(3);
});
