/** Does something when the browser has nothing else to do. Safari has no idle callbacks: there it is a second later. */
export function whenIdle(act: () => void): void {
  const idle = globalThis.requestIdleCallback ?? ((then: () => void) => setTimeout(then, 1_000));
  idle(act);
}
