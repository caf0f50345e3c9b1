import type { Desk } from '../desk/desk.ts';

/** Returns the labels of all known tickets, the most used first. */
export function knownLabels(desk: Desk): string[] {
  const uses = new Map<string, number>();
  for (const { labels } of desk.tickets.all()) for (const one of labels) uses.set(one, (uses.get(one) ?? 0) + 1);
  return [...uses].toSorted(([a, many], [b, few]) => few - many || (a < b ? -1 : 1)).map(([label]) => label);
}
