import { useCallback, useMemo, useRef, useState } from 'react';

export interface Selection {
  selected: ReadonlySet<string>;
  /** Selects or unselects a ticket. With `extend`, selects all tickets from the last one to this one. */
  toggle: (id: string, extend: boolean) => void;
  /** Selects all loaded tickets. */
  all: () => void;
  clear: () => void;
  /** The number of tickets that can be selected. */
  of: number;
}

/** The selected tickets of a list. A ticket that leaves the list is no longer selected. */
export function useSelection(ids: readonly string[]): Selection {
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const last = useRef<string | undefined>(undefined);
  const shown = useRef(ids);
  shown.current = ids;
  const selected = useMemo(() => {
    const there = new Set(ids);
    const left = [...chosen].filter((id) => there.has(id));
    return left.length === chosen.size ? chosen : new Set(left);
  }, [chosen, ids]);
  const toggle = useCallback((id: string, extend: boolean) => {
    const [from, to] = [shown.current.indexOf(last.current ?? id), shown.current.indexOf(id)];
    last.current = id;
    setChosen((before) => {
      const next = new Set(before);
      const range = extend && from >= 0 ? shown.current.slice(Math.min(from, to), Math.max(from, to) + 1) : [id];
      const selects = extend || !before.has(id);
      for (const one of range) {
        if (selects) next.add(one);
        else next.delete(one);
      }
      return next;
    });
  }, []);
  const all = useCallback(() => setChosen(new Set(shown.current)), []);
  const clear = useCallback(() => setChosen(new Set()), []);
  return { selected, toggle, all, clear, of: ids.length };
}
