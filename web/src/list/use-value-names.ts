import { useQueries, useQuery } from '@tanstack/react-query';
import type { WorkflowStatus } from 'baton-sdk';
import { workflowQuery } from '../api/projects.ts';
import { projectsQuery } from '../api/workspaces.ts';
import type { Desk } from '../desk/desk.ts';
import { usePeople } from '../desk/use-desk.ts';
import { priorities, priorityName } from '../ui/status.tsx';
import { t } from '../ui/text.ts';
import type { FilterName, Filters } from './filters.ts';
import { category_labels } from './names.ts';

/** The statuses of at most this many projects can be chosen. */
const most_workflows = 10;

/** Returns the statuses of the page's project, or of the projects that the list may contain. */
export function useStatuses(desk: Desk, projects: readonly string[]): WorkflowStatus[] {
  const all = useQuery(projectsQuery(desk.workspace_id)).data ?? [];
  const keys = (projects.length > 0 ? projects : all.map(({ key }) => key)).slice(0, most_workflows);
  const workflows = useQueries({ queries: keys.map((key) => workflowQuery(desk.workspace_id, key)) });
  const statuses = workflows.flatMap(({ data }) => data?.statuses ?? []);
  return [...new Map(statuses.map((status) => [status.key, status])).values()];
}

const priorityNameOf = (value: string) => {
  const known = priorities.find((one) => one === value);
  return known === undefined ? value : priorityName(known);
};

/** Returns a function that names a filter's values on their chips. */
export function useValueNames(desk: Desk, filters: Filters, projects: readonly string[]) {
  const statuses = useStatuses(desk, projects);
  const ids = [...filters.assignee, ...filters.reporter].filter((id) => id !== 'me' && id !== 'none');
  const nameOf = usePeople(desk, ids);
  return (name: FilterName, value: string): string => {
    if (name === 'status') return statuses.find(({ key }) => key === value)?.name ?? value;
    if (name === 'status_category') return category_labels[value]?.() ?? value;
    if (name === 'priority') return priorityNameOf(value);
    if (name !== 'assignee' && name !== 'reporter') return value;
    if (value === 'me') return t('me');
    return value === 'none' ? t('nobody') : (nameOf(value) ?? '…');
  };
}
