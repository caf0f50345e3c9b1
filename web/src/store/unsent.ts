/** Functions that count unsent texts; each part of the page that keeps such texts adds one. */
export const unsent = new Set<() => Promise<number>>();

/** Functions that count the files that are being sent. Unlike texts, they are lost when somebody signs out. */
export const sending = new Set<() => number>();
