import { queryOptions } from '@tanstack/react-query';
import type { BatonClient, Input, Member, Project, Workflow, Workspace } from 'baton-sdk';
import { client } from './client.ts';
import { later } from './later.ts';

/** A menu with more entries than these is useless: beyond that, the server searches. */
const most = 500;
/** The most members that are read at once. */
export const most_members = 100;

async function first<T>(items: AsyncIterable<T>, most_items = most): Promise<T[]> {
  const found: T[] = [];
  for await (const item of items) {
    found.push(item);
    if (found.length === most_items) break;
  }
  return found;
}

/** The workspaces of the signed-in account. */
export const workspacesQuery = () =>
  queryOptions({
    queryKey: ['workspaces'],
    queryFn: ({ signal }): Promise<Workspace[]> => first(client.pages.list_workspaces({ limit: 100 }, { signal })),
  });

/** The projects of a workspace that aren't archived. */
export const projectsQuery = (workspace_id: string) =>
  queryOptions({
    queryKey: ['projects', workspace_id],
    queryFn: ({ signal }): Promise<Project[]> =>
      later(() => first(client.pages.list_projects({ workspace_id, limit: 100 }, { signal }))),
  });

/** The workflow of a project, by its key or id. */
export const workflowQuery = (workspace_id: string, project_id: string) =>
  queryOptions({
    queryKey: ['workflow', workspace_id, project_id],
    queryFn: ({ signal }): Promise<Workflow> => client.get_workflow({ workspace_id, project_id }, { signal }),
  });

/**
 * The first members with a word in their name or address that begins with a text; without a text, the first members.
 */
export const membersQuery = (workspace_id: string, q = '') =>
  queryOptions({
    queryKey: ['members', workspace_id, q],
    // One page may hold too few: the server examines 2,000 members per page, so the next page may find more.
    queryFn: ({ signal }): Promise<Member[]> => {
      const about = { workspace_id, limit: most_members, ...(q !== '' && { q }) };
      return first(client.pages.list_members(about, { signal }), most_members);
    },
  });

export const createWorkspace = (name: string): Promise<Workspace> => client.create_workspace({ body: { name } });

export const createProject = (workspace_id: string, body: Input<'create_project'>['body']): Promise<Project> =>
  client.create_project({ workspace_id, body });

export const invite = (
  workspace_id: string,
  body: Input<'create_invitation'>['body'],
): Promise<Awaited<ReturnType<BatonClient['create_invitation']>>> => client.create_invitation({ workspace_id, body });

export const acceptInvitation = (token: string): Promise<Workspace> => client.accept_invitation({ body: { token } });
