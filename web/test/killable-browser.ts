import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type BrowserContext, chromium } from 'playwright-core';
import { chromium_flags } from '../../scripts/chromium.ts';
import { takeDownOnSignal } from '../../proof/harness/take-down.ts';
import { executablePath } from './browser.ts';

/** A browser with a profile on the disk that can be killed and started again. */
export interface KillableBrowser {
  /** Starts the browser with the existing profile. */
  start: () => Promise<BrowserContext>;
  /** Kills the browser and all its processes at once, without time for a last write. */
  kill: () => Promise<void>;
  /** Kills it, and deletes its profile. */
  drop: () => Promise<void>;
}

export function makeKillableBrowser(): KillableBrowser {
  const profile = mkdtempSync(path.join(os.tmpdir(), 'baton-profile-'));
  const told = path.join(profile, 'DevToolsActivePort');
  let running: ChildProcess | undefined;

  const kill = async () => {
    const child = running;
    if (child?.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    process.kill(-child.pid, 'SIGKILL'); // the browser's own process group
    await ended;
  };
  const forget = takeDownOnSignal(kill);
  return {
    kill,
    async start() {
      rmSync(told, { force: true });
      const args = [...chromium_flags, '--headless', '--remote-debugging-port=0', `--user-data-dir=${profile}`];
      running = spawn(executablePath ?? '', [...args, 'about:blank'], { detached: true, stdio: 'ignore' });
      const isReady = () => existsSync(told) && readFileSync(told, 'utf8').includes('\n');
      for (let waited = 0; !isReady(); waited += 50) {
        if (waited > 60_000) throw new Error('Chromium does not start.');
        await sleep(50);
      }
      const [port = ''] = readFileSync(told, 'utf8').split('\n');
      const browser = await chromium.connectOverCDP(`http://127.0.0.1:${port}`);
      return browser.contexts()[0] ?? browser.newContext();
    },
    async drop() {
      await kill();
      forget();
      rmSync(profile, { recursive: true, force: true });
    },
  };
}
