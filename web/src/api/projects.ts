import { queryOptions } from '@tanstack/react-query';
import type { Project } from 'baton-sdk';
import { client } from './client.ts';

/** A project by its key, archived ones too. */
export const projectQuery = (workspace_id: string, project_id: string) =>
  queryOptions({
    queryKey: ['projects', workspace_id, project_id],
    queryFn: ({ signal }): Promise<Project> => client.get_project({ workspace_id, project_id }, { signal }),
  });
