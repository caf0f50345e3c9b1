import { queryOptions } from '@tanstack/react-query';
import type { Project, Workflow } from 'baton-sdk';
import { client } from './client.ts';

/** A project by its key, including archived ones. */
export const projectQuery = (workspace_id: string, project_id: string) =>
  queryOptions({
    queryKey: ['projects', workspace_id, project_id],
    queryFn: ({ signal }): Promise<Project> => client.get_project({ workspace_id, project_id }, { signal }),
  });

/** The workflow of a project, by its key or id. */
export const workflowQuery = (workspace_id: string, project_id: string) =>
  queryOptions({
    queryKey: ['workflow', workspace_id, project_id],
    queryFn: ({ signal }): Promise<Workflow> => client.get_workflow({ workspace_id, project_id }, { signal }),
  });
