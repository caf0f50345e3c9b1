import { lazy } from 'react';
import { readVersion } from '../api/version.ts';
import { cell } from '../store/cell.ts';
import { whenIdle } from '../store/when-idle.ts';

/** Why a required part of the page could not be loaded. */
export type LoadTrouble = 'unreachable' | 'newer' | 'same';

/** The problem with loading a required part, and a function that retries at once. */
export const load_trouble = cell<{ why: LoadTrouble; again: () => void } | undefined>(undefined);

const retry_ms = 5_000;

/** The style sheets that could not be loaded. The build's own loader requests each only once. */
const lost_styles = new Set<HTMLLinkElement>();
document.addEventListener(
  'error',
  ({ target }) => {
    if (target instanceof HTMLLinkElement && target.rel === 'stylesheet') lost_styles.add(target);
  },
  true,
);

/** Requests the missing style sheets again. */
async function renewStyles(): Promise<void> {
  const renewals = [...lost_styles].map(
    (lost) =>
      new Promise<void>((resolve, reject) => {
        const link = lost.cloneNode() as HTMLLinkElement;
        lost_styles.delete(lost);
        link.addEventListener('load', () => resolve());
        link.addEventListener('error', () => reject(new Error(`${link.href} could not be loaded.`)));
        lost.replaceWith(link);
      }),
  );
  await Promise.all(renewals);
}

/** Waits until the person presses the button, the network is back, or some time has passed. */
const untilRetry = (why: LoadTrouble) =>
  new Promise<void>((resolve) => {
    const done = () => {
      clearTimeout(timer);
      removeEventListener('online', done);
      resolve();
    };
    const timer = setTimeout(done, retry_ms);
    addEventListener('online', done);
    load_trouble.set({ why, again: done });
  });

/** Loads a part of the page, retrying until it succeeds. In the meantime, the page shows what is wrong. */
export async function surely<T>(load: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      const [loaded] = await Promise.all([load(), renewStyles()]);
      load_trouble.set(undefined);
      return loaded;
    } catch {
      await untilRetry(await readVersion());
    }
  }
}

type Load = () => Promise<unknown>;

const later: Load[] = [];
let is_time = false;

/** Loads the waiting parts one by one while the browser is idle. A part that fails is loaded when it is needed. */
function loadNext(): void {
  const load = later.shift();
  if (load === undefined) return;
  void load()
    .catch(() => undefined)
    .finally(() => whenIdle(loadNext));
}

/** Starts loading the parts that must be available without a connection, while the browser is idle. */
export function prepare(): void {
  is_time = true;
  whenIdle(loadNext);
}

/** Queues a part to be loaded while the browser is idle. */
export function wantSoon(load: Load): void {
  later.push(load);
  if (is_time) whenIdle(loadNext);
}

/** A component whose script is loaded when it is first rendered. */
export const lazily: typeof lazy = (load) => lazy(() => surely(load));

/** Like `lazily`, but loaded in advance while the browser is idle, so that it is available without a connection. */
export const lazilySoon: typeof lazy = (load) => {
  wantSoon(load);
  return lazily(load);
};
