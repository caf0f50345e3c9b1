/** Counts texts that were typed and not sent; whoever keeps such texts adds a function. */
export const unsent = new Set<() => Promise<number>>();
