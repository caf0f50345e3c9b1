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
import { showConnection } from './connection.ts';
import { Desk, type Surroundings } from './desk.ts';
import { keepDrafts } from './drafts.ts';

keepDrafts();

let current: Desk | undefined;

/** The desk of a workspace. There is one at a time: a page of another workspace, or of somebody else, ends it. */
function deskOf(account: string, workspace_id: string): Desk {
  if (current?.account === account && current.workspace_id === workspace_id && !current.is_left) {
    return current;
  }
  current?.stop();
  current = new Desk(account, workspace_id);
  return current;
}

let before = session.get().state;
session.subscribe(() => {
  const now = session.get();
  const was = before;
  before = now.state;
  if (now.state === 'out') {
    current?.stop();
    current = undefined;
  }
  if (was === 'ended' && now.state === 'in' && current?.account === now.user.id) current.signedIn();
});

/** The desk of the page's workspace. */
export function useDesk(): Desk {
  const { workspace = '' } = useParams({ strict: false });
  const now = session.get();
  return deskOf('user' in now ? now.user.id : '', workspace);
}

const queries_of: Record<Surroundings, string> = {
  project: 'projects',
  workflow: 'workflow',
  member: 'members',
  workspace: 'workspaces',
  view: 'views',
};

/** Follows what happens in the page's workspace, for as long as one of its pages is there. */
export function useLive(desk: Desk): void {
  const queries = useQueryClient();
  useEffect(() => {
    const changed = (what: Surroundings) => {
      void queries.invalidateQueries({ queryKey: [queries_of[what]] });
      // With a membership, what its person may do changes.
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

/** A ticket as it is shown, by its id. */
export function useTicket({ tickets }: Desk, id: string): KnownTicket | undefined {
  const subscribe = useCallback((listener: () => void) => tickets.watch(id, listener), [tickets, id]);
  return useSyncExternalStore(subscribe, () => tickets.shown(id));
}

/** What was done to a ticket and is not done by the server, or was refused. */
export function useOperations({ operations }: Desk, ticket_id: string): readonly Operation[] {
  return useSyncExternalStore(operations.subscribe, () => operations.of(ticket_id));
}

/** Somebody by their id; undefined until they are known. */
export function usePerson({ people }: Desk, id: string | null): Person | undefined {
  useEffect(() => {
    if (id !== null) people.want([id]);
  });
  return useSyncExternalStore(people.subscribe, () => (id === null ? undefined : people.get(id)));
}

/** The role of who is signed in; undefined until it is known. */
export function useRole({ workspace_id }: Pick<Desk, 'workspace_id'>): Role | (string & {}) | undefined {
  return useQuery(workspacesQuery()).data?.find(({ id }) => id === workspace_id)?.role;
}

/** The workflow of a project by its key. */
export function useWorkflow({ workspace_id }: Desk, project: string): Workflow | undefined {
  return useQuery({ ...workflowQuery(workspace_id, project), enabled: project !== '' }).data;
}

/** The names of several people, as they become known. */
export function usePeople({ people }: Desk, ids: readonly string[]): (id: string) => string | undefined {
  const text = ids.join();
  useEffect(() => {
    if (text !== '') people.want(text.split(','));
  });
  useSyncExternalStore(people.subscribe, () => ids.map((id) => people.get(id)?.name).join());
  return (id) => people.get(id)?.name;
}

/** A project by its key, an archived one too; undefined until it is known. */
export function useProject({ workspace_id }: Pick<Desk, 'workspace_id'>, key: string | undefined): Project | undefined {
  const { data } = useQuery({ ...projectsQuery(workspace_id), enabled: workspace_id !== '' });
  const listed = data?.find((project) => project.key === key);
  // The list has none that are archived.
  const enabled = data !== undefined && listed === undefined && key !== undefined;
  const { data: other } = useQuery({ ...projectQuery(workspace_id, key ?? ''), enabled });
  return listed ?? (enabled ? other : undefined);
}

/** The key of a ticket's project. */
export const projectKeyOf = ({ key }: Pick<KnownTicket, 'key'>): string => key.slice(0, key.lastIndexOf('-'));

/** The workflow that a ticket follows. */
export const useWorkflowOf = (desk: Desk, ticket: KnownTicket | undefined): Workflow | undefined =>
  useWorkflow(desk, ticket === undefined ? '' : projectKeyOf(ticket));

/** Whether a project is archived, as far as that is known. */
export const useArchived = ({ workspace_id }: Desk, key: string): boolean =>
  (useQuery(projectQuery(workspace_id, key)).data?.archived_at ?? null) !== null;
