/** Runs a function when the browser is idle. Safari has no idle callbacks, so there it runs a second later. */
export function whenIdle(act: () => void): void {
  const idle = globalThis.requestIdleCallback ?? ((then: () => void) => setTimeout(then, 1_000));
  idle(act);
}

/** How long to wait, in milliseconds, so that the page itself loads first. */
const later_ms = 5_000;

/**
 * Runs a function when the page has had time to load and the browser is idle, unless the returned function cancels it.
 */
export function whenSettled(act: () => void): () => void {
  const timer = setTimeout(() => whenIdle(act), later_ms);
  return () => clearTimeout(timer);
}
