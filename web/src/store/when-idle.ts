/** Does something when the browser has nothing else to do. Safari has no idle callbacks: there it is a second later. */
export function whenIdle(act: () => void): void {
  const idle = globalThis.requestIdleCallback ?? ((then: () => void) => setTimeout(then, 1_000));
  idle(act);
}

/** What a page is about comes first: what it can do without for a while is asked so much later. */
const later_ms = 5_000;

/** The same, once the page has had the time to show what it is about; until the function it returns is called. */
export function whenSettled(act: () => void): () => void {
  const timer = setTimeout(() => whenIdle(act), later_ms);
  return () => clearTimeout(timer);
}
