import fs, { mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, statSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createDurably, makeDirectoryDurably, replaceDurably } from './durable-files.ts';

const { fsyncSync, linkSync, mkdirSync, renameSync } = fs;
const original = { fsyncSync, linkSync, mkdirSync, renameSync };
let root: string;
let steps: string[];

/** The file's name without its random part, below the test's folder. */
const short = (file: unknown) => path.relative(root, String(file)).replace(/\.\w{12}\.tmp$/, '.tmp') || '.';
const named = (fd: number) => short(readlinkSync(`/proc/self/fd/${fd}`));

beforeEach(() => {
  root = mkdtempSync(path.join(os.tmpdir(), 'baton-durable-'));
  steps = [];
  const note = (text: string) => steps.push(text);
  fs.fsyncSync = (fd) => {
    note(`sync ${named(fd)}`);
    original.fsyncSync(fd);
  };
  fs.linkSync = (from, to) => {
    note(`name ${short(to)}`);
    original.linkSync(from, to);
  };
  fs.renameSync = (from, to) => {
    note(`name ${short(to)}`);
    original.renameSync(from, to);
  };
  fs.mkdirSync = ((dir: string) => {
    note(`make ${short(dir)}`);
    original.mkdirSync(dir);
  }) as typeof fs.mkdirSync;
  syncBuiltinESMExports();
});
afterEach(() => {
  Object.assign(fs, original);
  syncBuiltinESMExports();
  rmSync(root, { recursive: true });
});

// In a power cut, a file system may lose contents that weren't synced before the name, and a name whose directory
// wasn't synced after it. The test can't cut the power, so it checks the order of the steps.
describe.skipIf(process.platform !== 'linux')('a file that must survive a power cut', () => {
  test('is created by syncing first its contents and then its name', () => {
    const file = path.join(root, 'secret');
    createDurably(file, () => 'x');
    expect(steps).toEqual(['sync secret.tmp', 'name secret', 'sync .']);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readdirSync(root)).toEqual(['secret']);
  });

  test('is replaced in the same order', () => {
    const file = path.join(root, 'secret');
    replaceDurably(file, 'x');
    steps = [];
    replaceDurably(file, 'y');
    expect(steps).toEqual(['sync secret.tmp', 'name secret', 'sync .']);
    expect(readFileSync(file, 'utf8')).toBe('y');
  });

  test('that exists already stays unchanged', () => {
    const file = path.join(root, 'secret');
    createDurably(file, () => 'first');
    createDurably(file, () => 'second');
    expect(readFileSync(file, 'utf8')).toBe('first');
  });

  test('is in a folder whose name is synced, as are those of all new folders above it', () => {
    makeDirectoryDurably(path.join(root, 'a/b'));
    expect(steps).toEqual(['make a', 'sync .', 'make a/b', 'sync a']);
    steps = [];
    makeDirectoryDurably(path.join(root, 'a/b'));
    expect(steps).toEqual([]);
  });
});
