import { type History, initialValue } from './history.ts';
import type { SourceOperation } from './source.ts';

/** One status change as the replay makes it: from where the ticket is, which may not be where the source says. */
export interface Move {
  operation: SourceOperation;
  /** Where the ticket is. */
  from: string;
  to: string;
  /** The source says the ticket was elsewhere. */
  gap: boolean;
}

/** The status a ticket is created in, by the source's name; undefined if the source never says. */
export function startOf(history: History): string | undefined {
  return initialValue(history, 'status') ?? undefined;
}

/** Every status change of a ticket in order, those that change nothing included. */
export function* movesOf(history: History, start: string): Generator<Move> {
  let current = start;
  for (const operation of history.rest) {
    const change = operation.set.get('status');
    if (!change || change.to === null) continue;
    const gap = change.from !== undefined && change.from !== current;
    yield { operation, from: current, to: change.to, gap };
    current = change.to;
  }
}
