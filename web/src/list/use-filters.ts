import { useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { useMemo } from 'react';
import { type Filters, filtersOf, searchOf } from './filters.ts';

/** The query parameters of the address. */
type Search = Partial<Record<string, string>>;

export interface Filtered {
  filters: Filters;
  /** Writes other filters into the address, so that the browser's Back button undoes it. */
  change: (next: Filters) => void;
  /** The key of the page's project. */
  project: string | undefined;
}

/** Returns the filters of the page's address. */
export function useFilters({ board = false }: { board?: boolean } = {}): Filtered {
  const { project } = useParams({ strict: false });
  const search: Search = useSearch({ strict: false });
  const navigate = useNavigate();
  const grouped = project !== undefined;
  const text = JSON.stringify(search);
  const filters = useMemo(() => filtersOf(JSON.parse(text) as Search, { grouped, board }), [text, grouped, board]);
  const change = (next: Filters) => {
    const { t: opened, view } = search;
    const kept = { ...(opened !== undefined && { t: opened }), ...(view !== undefined && { view }) };
    void navigate({
      to: '.',
      search: { ...searchOf(next, { grouped, board }), ...kept } as Search,
      resetScroll: false,
    });
  };
  return { filters, change, project };
}

export interface Opened {
  /** The key of the ticket that is open beside the list. */
  opened: string | undefined;
  open: (key: string) => void;
  close: () => void;
}

/**
 * The ticket that is open beside the list. It is in the address, so that a link to it can be shared and the Back button
 * closes it.
 */
export function useOpened(): Opened {
  const search: Search = useSearch({ strict: false });
  const navigate = useNavigate();
  const go = (opened: string | undefined, { replace }: { replace: boolean }) => {
    const { t: _, ...rest } = search;
    const next = opened === undefined ? rest : { ...rest, t: opened };
    void navigate({ to: '.', search: next, replace, resetScroll: false });
  };
  const { t: opened } = search;
  return {
    opened,
    // Opening the next ticket replaces the entry in the history, so that the Back button returns to the list.
    open: (key) => go(key, { replace: opened !== undefined }),
    close: () => go(undefined, { replace: false }),
  };
}
