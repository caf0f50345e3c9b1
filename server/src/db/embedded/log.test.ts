import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { ServerLog } from './log.ts';

afterEach(() => {
  vi.useRealTimers();
});

test('a log that can’t be read for a while causes no crash, and is bounded again afterwards', async () => {
  const dir = mkdtempSync(path.join(os.tmpdir(), 'baton-log-'));
  const log = new ServerLog(dir, 10);
  symlinkSync('postgres.log', log.file); // a link to itself, which can't be read, as on a faulty disk
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  const unwatch = log.watch();
  try {
    vi.advanceTimersByTime(5_000);
    await new Promise((resolve) => setTimeout(resolve, 50));
    rmSync(log.file);
    writeFileSync(log.file, 'longer than ten bytes');
    vi.advanceTimersByTime(5_000);
    await expect.poll(() => readFileSync(log.file, 'utf8')).toBe('');
    expect(readFileSync(`${log.file}.1`, 'utf8')).toBe('longer than ten bytes');
  } finally {
    unwatch();
    rmSync(dir, { recursive: true });
  }
});
