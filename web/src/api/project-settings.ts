import type { Project } from 'baton-sdk';
import { client } from './client.ts';
import { pagesQuery } from './pages.ts';

/** The projects of a workspace: the active ones, or the archived ones. */
export const projectPages = (workspace_id: string, { archived }: { archived: boolean }) =>
  pagesQuery<Project>(['projects', workspace_id, 'pages', archived], (cursor, signal) =>
    client.list_projects({ workspace_id, limit: 50, cursor, archived: archived ? 'true' : 'false' }, { signal }),
  );

export const updateProject = (
  { id: project_id, version }: Pick<Project, 'id' | 'version'>,
  workspace_id: string,
  changes: { name?: string; archived?: boolean },
): Promise<Project> => client.update_project({ workspace_id, project_id, body: { ...changes, version } });

export const readProject = (workspace_id: string, project_id: string): Promise<Project> =>
  client.get_project({ workspace_id, project_id });
