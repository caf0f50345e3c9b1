const first_wait_ms = 1_000;
const max_wait_ms = 30_000;

/** How long to wait after so many tries that failed. */
export const waitAfter = (tries: number): number => Math.min(max_wait_ms, first_wait_ms * 2 ** tries);

/** Does something later; the function it returns keeps it from being done. */
export const timed = (ms: number, then: () => void): (() => void) => {
  const timer = setTimeout(then, ms);
  return () => clearTimeout(timer);
};
