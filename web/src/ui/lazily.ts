import { lazy } from 'react';
import { readVersion } from '../api/version.ts';
import { cell } from '../store/cell.ts';
import { whenIdle } from '../store/when-idle.ts';

/** Why a part of the page that is wanted could not be loaded. */
export type LoadTrouble = 'unreachable' | 'newer' | 'same';

/** What stands in the way of a part that is wanted, and how to try again at once. */
export const load_trouble = cell<{ why: LoadTrouble; again: () => void } | undefined>(undefined);

const retry_ms = 5_000;

/** The style sheets that could not be loaded: the build's own loader asks for each only once. */
const lost_styles = new Set<HTMLLinkElement>();
document.addEventListener(
  'error',
  ({ target }) => {
    if (target instanceof HTMLLinkElement && target.rel === 'stylesheet') lost_styles.add(target);
  },
  true,
);

/** Asks again for the style sheets that are missing. */
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

/** Waits until the button is pressed, the network is back, or some time has passed. */
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

/** Loads a part of the page, however long it takes: what stands in the way is said meanwhile, and it is tried again. */
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

/** Loads one part after the other while the browser has nothing else to do. What fails is loaded when it is wanted. */
function loadNext(): void {
  const load = later.shift();
  if (load === undefined) return;
  void load()
    .catch(() => undefined)
    .finally(() => whenIdle(loadNext));
}

/** Loads, when the browser has nothing else to do, what has to be there without a connection. */
export function prepare(): void {
  is_time = true;
  whenIdle(loadNext);
}

/** Has a part loaded when there is time. */
export function wantSoon(load: Load): void {
  later.push(load);
  if (is_time) whenIdle(loadNext);
}

/** A part of the page whose script is loaded when it is first drawn. */
export const lazily: typeof lazy = (load) => lazy(() => surely(load));

/** The same, loaded before when there is time: so that it is there without a connection. */
export const lazilySoon: typeof lazy = (load) => {
  wantSoon(load);
  return lazily(load);
};
