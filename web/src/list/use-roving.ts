import { useCallback, useLayoutEffect, useRef, useState } from 'react';
import { flushSync } from 'react-dom';

interface Roving {
  /** The row in the tab order. */
  active: string | undefined;
  /** Called when a row gets the focus, and when it goes elsewhere. */
  onFocus: (id: string) => void;
  onBlur: () => void;
  /** Moves the focus to another row. */
  move: (to: 'next' | 'previous' | 'first' | 'last') => string | undefined;
  /** Focuses a row's link; returns whether that was possible. */
  focus: (id: string) => boolean;
  container: React.RefObject<HTMLDivElement | null>;
}

/** Gives all rows one tab stop; arrow keys move the focus among them. */
export function useRoving(ids: readonly string[], show: (id: string) => void): Roving {
  const container = useRef<HTMLDivElement>(null);
  const [chosen, setActive] = useState<string | undefined>(undefined);
  const active = chosen !== undefined && ids.includes(chosen) ? chosen : ids[0];

  const focus = useCallback(
    (id: string): boolean => {
      // Render first: otherwise the row might not exist yet, and the next key press would be lost.
      flushSync(() => setActive(id));
      show(id);
      const link = container.current?.querySelector<HTMLElement>(`[data-id="${id}"] a`);
      link?.focus({ preventScroll: true });
      link?.closest('[role=row]')?.scrollIntoView({ block: 'nearest' });
      return link !== null && link !== undefined;
    },
    [show],
  );

  const focused = useRef<{ id: string; at: number } | undefined>(undefined);
  const latest = useRef(ids);
  latest.current = ids;
  const onFocus = useCallback((id: string) => {
    focused.current = { id, at: latest.current.indexOf(id) };
    setActive(id);
  }, []);
  const onBlur = useCallback(() => {
    focused.current = undefined;
  }, []);
  // If the focused row has left the list, the one in its place gets the focus.
  useLayoutEffect(() => {
    const was = focused.current;
    if (was === undefined) return;
    const at = ids.indexOf(was.id);
    focused.current = at < 0 ? undefined : { id: was.id, at };
    const next = ids[Math.min(was.at, ids.length - 1)];
    if (at < 0 && next !== undefined && document.activeElement === document.body) queueMicrotask(() => focus(next));
  }, [ids, focus]);

  const move = (to: 'next' | 'previous' | 'first' | 'last') => {
    const at = active === undefined ? -1 : ids.indexOf(active);
    const has_focus = container.current?.contains(document.activeElement) === true;
    const steps = { next: has_focus ? at + 1 : at, previous: at - 1, first: 0, last: ids.length - 1 };
    const id = ids[Math.min(Math.max(0, steps[to]), ids.length - 1)];
    if (id !== undefined) focus(id);
    return id;
  };

  return { active, onFocus, onBlur, move, focus, container };
}
