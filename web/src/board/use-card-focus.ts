import { useCallback, useRef, useState } from 'react';
import { flushSync } from 'react-dom';
import { type Column, spotOf } from './spots.ts';

export type Heading = 'up' | 'down' | 'before' | 'after' | 'first' | 'last';

/** Returns the card that a key leads to: in the same column, or at the same height in the next non-empty column. */
export function neighbourOf(columns: readonly Column[], id: string | undefined, heading: Heading): string | undefined {
  const spot = id === undefined ? undefined : spotOf(columns, id);
  if (spot === undefined) return columns.find(({ rows }) => rows.length > 0)?.rows[0]?.id;
  const at = columns.findIndex(({ status }) => status === spot.status);
  const rows = columns[at]?.rows ?? [];
  if (heading === 'first') return rows[0]?.id;
  if (heading === 'last') return rows.at(-1)?.id;
  if (heading === 'up' || heading === 'down') return rows[spot.index + (heading === 'up' ? -1 : 1)]?.id ?? id;
  const beyond = heading === 'after' ? columns.slice(at + 1) : columns.slice(0, at).toReversed();
  const next = beyond.find((column) => column.rows.length > 0);
  return next === undefined ? id : next.rows[Math.min(spot.index, next.rows.length - 1)]?.id;
}

/** Gives all cards one tab stop; arrow keys move the focus among them. */
export function useCardFocus(columns: readonly Column[]) {
  const board = useRef<HTMLDivElement>(null);
  const [chosen, setActive] = useState<string | undefined>(undefined);
  const scrollers = useRef(new Map<string, (index: number) => void>());
  const latest = useRef(columns);
  latest.current = columns;
  const is_there = chosen !== undefined && spotOf(columns, chosen) !== undefined;
  const active = is_there ? chosen : neighbourOf(columns, undefined, 'first');

  const onScroller = useCallback((status: string, scrollTo: ((index: number) => void) | undefined) => {
    if (scrollTo === undefined) scrollers.current.delete(status);
    else scrollers.current.set(status, scrollTo);
  }, []);

  const focus = useCallback((id: string) => {
    // Render first: otherwise the card might not exist yet, and the next key press would be lost.
    flushSync(() => setActive(id));
    const spot = spotOf(latest.current, id);
    if (spot !== undefined) scrollers.current.get(spot.status)?.(spot.index);
    const link = board.current?.querySelector<HTMLElement>(`[data-id="${id}"] a`);
    link?.focus({ preventScroll: true });
    link?.closest('.card')?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }, []);

  const move = useCallback(
    (heading: Heading) => {
      const has_focus = (document.activeElement?.closest('.board .card') ?? null) !== null;
      const id = has_focus ? neighbourOf(latest.current, active, heading) : active;
      if (id !== undefined) focus(id);
      return id;
    },
    [active, focus],
  );
  return { board, active, setActive, onScroller, focus, move };
}
