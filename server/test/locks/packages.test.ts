import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { quotas } from '../../src/errors.ts';

const root = path.resolve(import.meta.dirname, '../../..');

const jsonOf = (...at: string[]) =>
  JSON.parse(readFileSync(path.join(root, ...at), 'utf8')) as {
    packages?: Record<string, { hasInstallScript?: boolean }>;
    allowScripts?: Record<string, boolean>;
    scarfSettings?: { enabled: boolean };
  };

/** The packages of a lockfile that have an install script. */
const running = (...at: string[]) =>
  Object.entries(jsonOf(...at, 'package-lock.json').packages ?? {})
    .filter(([, { hasInstallScript }]) => hasInstallScript === true)
    .map(([place]) => place.replace(/^.*node_modules\//, ''));

describe('packages', () => {
  test('have an install script only if package.json allows or forbids it', () => {
    const known = Object.keys(jsonOf('package.json').allowScripts ?? {});
    expect(running().filter((name) => !known.includes(name))).toEqual([]);
    expect(running()).toContain('bcrypt');
  });

  test('do not report that they were installed', () => {
    for (const at of [[], ['tools']]) {
      if (running(...at).includes('@scarf/scarf'))
        expect([at, jsonOf(...at, 'package.json').scarfSettings]).toEqual([at, { enabled: false }]);
    }
    expect(jsonOf('package.json').allowScripts?.['@scarf/scarf']).toBe(false);
  });

  test('in tools/ are installed without their scripts', () => {
    expect(readFileSync(path.join(root, 'scripts/tools.ts'), 'utf8')).toMatch(/'ci', '--ignore-scripts'/);
  });
});

test('a test uses up each quota', () => {
  const files = readdirSync(path.join(root, 'server'), { recursive: true, encoding: 'utf8' });
  const texts = files
    .filter((file) => file.endsWith('.test.ts') && !file.endsWith('packages.test.ts'))
    .map((file) => readFileSync(path.join(root, 'server', file), 'utf8'));
  expect(quotas.filter((quota) => !texts.some((text) => text.includes(`'${quota}'`)))).toEqual([]);
});
