const first_wait_ms = 1_000;
const max_wait_ms = 30_000;

/** Returns how long to wait after this many failed attempts, in milliseconds. */
export const waitAfter = (tries: number): number => Math.min(max_wait_ms, first_wait_ms * 2 ** tries);

/** Runs a function later, unless the returned function cancels it. */
export const timed = (ms: number, then: () => void): (() => void) => {
  const timer = setTimeout(then, ms);
  return () => clearTimeout(timer);
};
