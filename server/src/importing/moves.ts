import { type History, initialValue } from './history.ts';
import type { SourceOperation } from './source.ts';

/** One status change of the replay. It starts from the ticket's current status, which may differ from the source's. */
export interface Move {
  operation: SourceOperation;
  /** The ticket's current status in the replay. */
  from: string;
  to: string;
  /** Whether the source names another status as the one before. */
  gap: boolean;
}

/** The status that a ticket is created in, by the source's name; undefined if the source doesn't say. */
export function startOf(history: History): string | undefined {
  return initialValue(history, 'status') ?? undefined;
}

/** Every status change of a ticket in order, including those that change nothing. */
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
