import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import type { Person, Project, Role, Workflow } from 'baton-sdk';
import { useCallback, useEffect, useSyncExternalStore } from 'react';
import { projectQuery, workflowQuery } from '../api/projects.ts';
import { retry } from '../api/retrying.ts';
import { session } from '../api/session.ts';
import { projectsQuery, workspacesQuery } from '../api/workspaces.ts';
import type { KnownTicket } from '../store/changes.ts';
import type { Operation } from '../store/decide.ts';
import { sending } from '../store/unsent.ts';
import { showConnection } from './connection.ts';
import type { Desk } from './desk.ts';
import { Desks } from './desks.ts';
import { keepDrafts } from './drafts.ts';
import type { Surroundings } from './renewable.ts';

keepDrafts();

const desks = new Desks();
sending.add(() => desks.files);

let before = session.get().state;
session.subscribe(() => {
  const now = session.get();
  const was = before;
  before = now.state;
  if (now.state === 'out') desks.end();
  if (was === 'ended' && now.state === 'in') desks.signedIn(now.user.id);
});

/** Returns the desk of the page's workspace. */
export function useDesk(): Desk {
  const { workspace = '' } = useParams({ strict: false });
  const now = session.get();
  return desks.of('user' in now ? now.user.id : '', workspace);
}

const queries_of: Record<Surroundings, string> = {
  project: 'projects',
  workflow: 'workflow',
  member: 'members',
  workspace: 'workspaces',
  view: 'views',
};

/** Follows the events of the page's workspace while one of its pages is mounted. */
export function useLive(desk: Desk): void {
  const queries = useQueryClient();
  useEffect(() => {
    const changed = (what: Surroundings) => {
      void queries.invalidateQueries({ queryKey: [queries_of[what]] });
      // A changed membership may change what the account may do.
      if (what === 'member') void queries.invalidateQueries({ queryKey: ['workspaces'] });
    };
    desk.surroundings.add(changed);
    desk.start();
    const stop = retry(() => {
      if (session.get().state !== 'in') return;
      desk.tryAgain();
      void queries.refetchQueries({ type: 'active', predicate: ({ state }) => state.status === 'error' });
    });
    const hide = showConnection(desk);
    return () => {
      hide();
      stop();
      desk.surroundings.delete(changed);
    };
  }, [desk, queries]);
}

/** Returns a ticket by its id, as it is shown. */
export function useTicket({ tickets }: Desk, id: string): KnownTicket | undefined {
  const subscribe = useCallback((listener: () => void) => tickets.watch(id, listener), [tickets, id]);
  return useSyncExternalStore(subscribe, () => tickets.shown(id));
}

/** Returns the operations on a ticket that the server has not done yet, or has refused. */
export function useOperations({ operations }: Desk, ticket_id: string): readonly Operation[] {
  return useSyncExternalStore(operations.subscribe, () => operations.of(ticket_id));
}

/** Returns a person by id; undefined until they are known. */
export function usePerson({ people }: Desk, id: string | null): Person | undefined {
  useEffect(() => {
    if (id !== null) people.want([id]);
  });
  return useSyncExternalStore(people.subscribe, () => (id === null ? undefined : people.get(id)));
}

/** Returns the signed-in account's role; undefined until it is known. */
export function useRole({ workspace_id }: Pick<Desk, 'workspace_id'>): Role | (string & {}) | undefined {
  return useQuery(workspacesQuery()).data?.find(({ id }) => id === workspace_id)?.role;
}

/** Returns the workflow of a project by the project's key. */
export function useWorkflow({ workspace_id }: Desk, project: string): Workflow | undefined {
  return useQuery({ ...workflowQuery(workspace_id, project), enabled: project !== '' }).data;
}

/** Returns a function that looks up people's names, as they become known. */
export function usePeople({ people }: Desk, ids: readonly string[]): (id: string) => string | undefined {
  const text = ids.join();
  useEffect(() => {
    if (text !== '') people.want(text.split(','));
  });
  useSyncExternalStore(people.subscribe, () => ids.map((id) => people.get(id)?.name).join());
  return (id) => people.get(id)?.name;
}

/** Returns a project by its key, including archived ones, and whether it is still being read. */
export function useProjectRead(
  { workspace_id }: Pick<Desk, 'workspace_id'>,
  key: string | undefined,
): { found: Project | undefined; is_pending: boolean } {
  const { data, error } = useQuery({ ...projectsQuery(workspace_id), enabled: workspace_id !== '' });
  const listed = data?.find((project) => project.key === key);
  // The list lacks archived projects, so those are requested one by one.
  const enabled = data !== undefined && listed === undefined && key !== undefined;
  const other = useQuery({ ...projectQuery(workspace_id, key ?? ''), enabled });
  const is_unlisted = data === undefined && error === null;
  return {
    found: listed ?? (enabled ? other.data : undefined),
    is_pending: key !== undefined && (enabled ? other.isPending : is_unlisted),
  };
}

/** Returns a project by its key, including archived ones; undefined until it is known. */
export const useProject = (desk: Pick<Desk, 'workspace_id'>, key: string | undefined): Project | undefined =>
  useProjectRead(desk, key).found;

/** Returns the key of a ticket's project. */
export const projectKeyOf = ({ key }: Pick<KnownTicket, 'key'>): string => key.slice(0, key.lastIndexOf('-'));

/** Returns the workflow of a ticket's project. */
export const useWorkflowOf = (desk: Desk, ticket: KnownTicket | undefined): Workflow | undefined =>
  useWorkflow(desk, ticket === undefined ? '' : projectKeyOf(ticket));

/** Returns whether a project is archived; false until that is known. */
export const useArchived = ({ workspace_id }: Desk, key: string): boolean =>
  (useQuery(projectQuery(workspace_id, key)).data?.archived_at ?? null) !== null;
