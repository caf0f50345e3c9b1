/** Functions that count unsent texts; each part of the page that keeps such texts adds one. */
export const unsent = new Set<() => Promise<number>>();
