import { useQuery } from '@tanstack/react-query';
import type { WorkflowStatus } from 'baton-sdk';
import { useEffect, useMemo, useRef, useSyncExternalStore } from 'react';
import { loadTickets } from '../api/lists.ts';
import { projectsQuery } from '../api/workspaces.ts';
import type { Desk } from '../desk/desk.ts';
import { useWorkflow } from '../desk/use-desk.ts';
import { useToday } from '../ui/time.tsx';
import { belongs, type Filters, hasDue, inputOf, isOfProject, type Viewer } from './filters.ts';
import { TicketList } from './ticket-list.ts';

/** A part of the page's list: all tickets, or those of one status. */
export interface Group {
  key: string;
  status: Pick<WorkflowStatus, 'key' | 'name' | 'category'> | undefined;
  list: TicketList;
}

interface Shelf {
  viewer: Viewer;
  lists: Map<string, TicketList>;
}

/** How many lists are kept after they were left, so that the Back button shows them at once, at the same position. */
const max_lists = 30;
const shelves = new WeakMap<Desk, Shelf>();

function shelfOf(desk: Desk): Shelf {
  const known = shelves.get(desk);
  if (known !== undefined) return known;
  const made: Shelf = { viewer: { user_id: desk.account, projects: undefined }, lists: new Map() };
  shelves.set(desk, made);
  return made;
}

interface Asked {
  filters: Filters;
  project: string | undefined;
  today: string;
}

function listOf(desk: Desk, { filters, project, today }: Asked): TicketList {
  const shelf = shelfOf(desk);
  const input = { ...inputOf(filters, project), sort: filters.sort };
  const key = JSON.stringify([input, hasDue(filters) && today]);
  const list =
    shelf.lists.get(key) ??
    new TicketList({
      tickets: desk.tickets,
      input,
      belongs: (ticket) => belongs(ticket, filters, shelf.viewer, project),
      load: (asked) => loadTickets(desk.workspace_id, asked),
      read: (id) => desk.reader.want(id),
    });
  shelf.lists.delete(key);
  shelf.lists.set(key, list);
  for (const [oldest] of shelf.lists) if (shelf.lists.size > max_lists) shelf.lists.delete(oldest);
  return list;
}

/**
 * Returns the lists of the page: one, or one for each status of the project's workflow; undefined until the workflow is
 * known.
 */
export function useGroups(desk: Desk, filters: Filters, project: string | undefined): Group[] | undefined {
  const workflow = useWorkflow(desk, project ?? '');
  const projects = useQuery(projectsQuery(desk.workspace_id)).data;
  const today = useToday();
  const groups = useMemo(() => {
    if (filters.group === 'none') {
      return [{ key: 'all', status: undefined, list: listOf(desk, { filters, project, today }) }];
    }
    const shown = workflow?.statuses.filter(({ key }) => filters.status.length === 0 || filters.status.includes(key));
    return shown?.map((status) => {
      const list = listOf(desk, { filters: { ...filters, status: [status.key] }, project, today });
      return { key: status.key, status, list };
    });
  }, [desk, filters, project, workflow, today]);
  useEffect(() => {
    if (projects === undefined) return;
    const { viewer, lists } = shelfOf(desk);
    viewer.projects = new Set(projects.map(({ key }) => key));
    for (const list of lists.values()) list.reconsider();
  }, [desk, projects]);
  useEffect(() => {
    const ids = new Map(projects?.map(({ id, key }) => [id, key]));
    const covers = (project_id: string | null) => {
      const key = ids.get(project_id ?? '');
      if (project === undefined || project_id === null || key === undefined) return true;
      return isOfProject(project, { key, id: project_id });
    };
    const hides = groups?.map(({ list }) => desk.show({ renew: () => list.renewIfRead(), covers }));
    return () => {
      for (const hide of hides ?? []) hide();
    };
  }, [desk, groups, project, projects]);
  return groups;
}

/** Returns a value read from several lists, updated when one of them changes. The same object until then. */
export function useRead<T>(groups: readonly Group[], read: () => T, isSame: (a: T, b: T) => boolean): T {
  const last = useRef<{ value: T } | undefined>(undefined);
  const subscribe = useMemo(() => {
    return (listener: () => void) => {
      const stops = groups.map(({ list }) => list.subscribe(listener));
      return () => {
        for (const stop of stops) stop();
      };
    };
  }, [groups]);
  return useSyncExternalStore(subscribe, () => {
    const value = read();
    if (last.current === undefined || !isSame(last.current.value, value)) last.current = { value };
    return last.current.value;
  });
}

/** Reads the first page of lists that have none, and reloads lists that were left before. */
export function useFirstPages(groups: readonly Group[]): void {
  const seen = useRef(new WeakSet<TicketList>());
  useEffect(() => {
    for (const { list } of groups) {
      if (seen.current.has(list)) continue;
      seen.current.add(list);
      if (list.state().loading === 'first') void list.more();
      else void list.renewIfRead();
    }
  });
}
