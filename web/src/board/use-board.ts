import { useQuery } from '@tanstack/react-query';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { loadBoard } from '../api/lists.ts';
import type { Desk } from '../desk/desk.ts';
import { type Filters, hasDue, inputOf } from '../list/filters.ts';
import { useToday } from '../ui/time.tsx';
import type { Group } from '../list/use-lists.ts';

/** The number of tickets in a column, and how many of them the page knew when they were counted. */
export interface Total {
  tickets: number;
  /** Whether all tickets were counted; otherwise there are more. */
  complete: boolean;
  known: number;
}

/** The first page of a status that the board doesn't have. */
const none = { data: [], next_cursor: null };

/** If not all tickets are loaded, the totals are counted again this long after the last change. */
const quiet_ms = 4_000;

/** Reads the first page and the total of every column in one request. Later totals are counted after changes. */
export function useBoard(desk: Desk, groups: readonly Group[] | undefined, filters: Filters, project: string) {
  const { tickets, workspace_id } = desk;
  const input = useMemo(() => {
    const { project_id: _, ...rest } = inputOf(filters, project);
    return { ...rest, project_id: project };
  }, [filters, project]);
  const [totals, setTotals] = useState<ReadonlyMap<string, Total>>(new Map());
  const shown = useRef(groups);
  shown.current = groups;

  const today = useToday();
  const { data, error, refetch } = useQuery({
    queryKey: ['board', workspace_id, input, hasDue(filters) && today],
    queryFn: async ({ signal }) => {
      const asked = tickets.ask();
      const { columns } = await loadBoard(workspace_id, input, signal);
      for (const column of columns) tickets.receive(column.data, asked);
      return columns;
    },
    staleTime: 0,
    gcTime: 0,
  });

  const count = useCallback((columns: readonly { status: string; total: number; complete: boolean }[]) => {
    const known = new Map(shown.current?.map(({ key, list }) => [key, list.rows().length]));
    setTotals(
      new Map(
        columns.map(({ status, total, complete }) => [
          status,
          { tickets: total, complete, known: known.get(status) ?? 0 },
        ]),
      ),
    );
  }, []);

  useEffect(() => {
    for (const { key, list } of groups ?? []) {
      if (data !== undefined) void list.begin(data.find(({ status }) => status === key) ?? none);
      else if (error !== null) list.failed(error);
    }
    if (data !== undefined) count(data);
  }, [groups, data, error, count]);

  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const recount = () => {
      if (shown.current?.some(({ list }) => list.state().has_more) !== true) return;
      void loadBoard(workspace_id, { ...input, per_column: 1 }).then(
        ({ columns }) => count(columns),
        () => undefined,
      );
    };
    const stop = tickets.subscribe(() => {
      clearTimeout(timer);
      timer = setTimeout(recount, quiet_ms);
    });
    return () => {
      clearTimeout(timer);
      stop();
    };
  }, [tickets, workspace_id, input, count]);

  return { totals, retry: () => void refetch() };
}

/** Returns the current number of tickets in a column: the last count, adjusted by the changes since. */
export function totalOf(
  total: Total | undefined,
  known: number,
  has_more: boolean,
): { tickets: number; more: boolean } {
  if (!has_more || total === undefined) return { tickets: known, more: has_more };
  return { tickets: Math.max(known, total.tickets + known - total.known), more: !total.complete };
}
