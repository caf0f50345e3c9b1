import type { Notification } from 'baton-sdk';
import { useEffect, useEffectEvent, useRef, useState } from 'react';

export type Move = 'next' | 'previous' | 'first' | 'last';

/** Returns the row that takes the place of a removed one: the next one or, at the end, the previous one. */
export function neighbourOf(rows: readonly Notification[], id: string): string | undefined {
  const at = rows.findIndex((row) => row.id === id);
  return at < 0 ? undefined : (rows[at + 1] ?? rows[at - 1])?.id;
}

export interface Rows {
  /** The row in the tab order. */
  active: string | undefined;
  setActive: (id: string) => void;
  move: (to: Move) => void;
  /** Moves the focus to this row after the focused row was removed. */
  goOn: (id: string | undefined) => void;
  list: React.RefObject<HTMLUListElement | null>;
  /** Focuses the active row, or the heading if there is none. */
  focusActive: () => void;
}

/** Gives all rows one tab stop. If the ticket is shown beside the rows, moving to a row opens it. */
export function useRows(
  rows: readonly Notification[],
  { chosen, open }: { chosen: string | undefined; open: ((id: string) => void) | undefined },
): Rows {
  const list = useRef<HTMLUListElement>(null);
  const [focused, setActive] = useState<string | undefined>(undefined);
  const has = (id: string | undefined) => rows.some((row) => row.id === id);
  const active = has(focused) ? focused : has(chosen) ? chosen : rows[0]?.id;

  const focus = (id: string) => {
    const link = list.current?.querySelector<HTMLElement>(`[data-id="${id}"] a`);
    link?.focus();
    link?.scrollIntoView({ block: 'nearest' });
  };

  const focusRow = (id: string | undefined) => {
    if (id !== undefined) focus(id);
    else document.querySelector('h1')?.focus();
  };

  const move = (to: Move) => {
    const has_focus = list.current?.contains(document.activeElement) === true;
    const from = has_focus ? active : chosen;
    const at = rows.findIndex(({ id }) => id === from);
    const steps = { next: at + 1, previous: at - 1, first: 0, last: rows.length - 1 };
    const id = rows[Math.min(Math.max(0, steps[to]), rows.length - 1)]?.id;
    if (id === undefined) return;
    if (has_focus || open === undefined) focus(id);
    if (id !== chosen) open?.(id);
  };

  const goOn = (id: string | undefined) => {
    const has_focus = list.current?.contains(document.activeElement) === true;
    if (id !== undefined) setActive(id);
    if (!has_focus) return;
    focusRow(id);
  };

  return { active, setActive, move, goOn, list, focusActive: () => focusRow(active) };
}

/**
 * On screens that show either the list or the ticket, focuses the one that has just appeared. Returns the ref for the
 * ticket’s element.
 */
export function useOneByOne(
  { focusActive }: Rows,
  { chosen, is_wide }: { chosen: string | undefined; is_wide: boolean },
): React.RefObject<HTMLElement | null> {
  const pane = useRef<HTMLElement>(null);
  const has_ticket = chosen !== undefined;
  const had_ticket = useRef(has_ticket);
  const show = useEffectEvent(() => {
    if (had_ticket.current === has_ticket || is_wide) return;
    if (has_ticket) pane.current?.querySelector('button')?.focus();
    else focusActive();
  });
  useEffect(() => {
    show();
    had_ticket.current = has_ticket;
  }, [has_ticket]);
  return pane;
}
