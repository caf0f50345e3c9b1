import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { type Claim, readClaim } from './postmaster.ts';

test('a claim that is removed while it is read counts as none', async () => {
  const dir = mkdtempSync(path.join(os.tmpdir(), 'baton-claim-'));
  const flicker = `const { linkSync, unlinkSync, writeFileSync } = require('node:fs');
    const [, kept, shown] = process.argv;
    writeFileSync(kept, '7\\n/x\\n1\\n2\\n');
    for (;;) { linkSync(kept, shown); unlinkSync(shown); }`;
  const [kept, shown] = ['kept', 'postmaster.pid'].map((name) => path.join(dir, name)) as [string, string];
  const other = spawn(process.execPath, ['-e', flicker, kept, shown]);
  const seen: (Claim | undefined)[] = [];
  const claims = () => seen.filter((claim) => claim !== undefined);
  try {
    while (seen.length < 5000 || claims().length === 0) {
      for (let n = 0; n < 1000; n++) seen.push(readClaim(dir));
      await new Promise((resolve) => setImmediate(resolve));
    }
  } finally {
    const ended = new Promise((resolve) => other.once('exit', resolve));
    other.kill('SIGKILL');
    await ended;
    rmSync(dir, { recursive: true, force: true });
  }
  expect(claims()[0]).toEqual({ pid: 7, started_s: 1, port: 2 });
  expect(seen).toContain(undefined);
});
