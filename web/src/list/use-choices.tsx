import { keepPreviousData, useQueries, useQuery } from '@tanstack/react-query';
import type { WorkflowStatus } from 'baton-sdk';
import { workflowQuery } from '../api/projects.ts';
import { membersQuery, projectsQuery } from '../api/workspaces.ts';
import type { Desk } from '../desk/desk.ts';
import { usePeople } from '../desk/use-desk.ts';
import { Avatar } from '../ui/avatar.tsx';
import { Icon } from '../ui/icon.tsx';
import { Priority, priorities, priorityName, StatusIcon } from '../ui/status.tsx';
import { t } from '../ui/text.ts';
import type { FilterName, Filters } from './filters.ts';
import { category_labels } from './names.ts';

/** A value of a filter that can be chosen. */
export interface Choice {
  value: string;
  label: string;
  drawn: React.ReactNode;
}

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

const isFound = ({ label }: Choice, query: string) => label.toLowerCase().includes(query.toLowerCase());

const statusChoice = ({ key, name, category }: WorkflowStatus): Choice => ({
  value: key,
  label: name,
  drawn: (
    <>
      <StatusIcon category={category} /> {name}
    </>
  ),
});

const personChoice = (id: string, name: string): Choice => ({
  value: id,
  label: name,
  drawn: (
    <>
      <Avatar id={id} name={name} /> {name}
    </>
  ),
});

const withIcon = (value: string, label: string): Choice => ({
  value,
  label,
  drawn: (
    <>
      <Icon name="person" /> {label}
    </>
  ),
});

const priorityNameOf = (value: string) => {
  const known = priorities.find((one) => one === value);
  return known === undefined ? value : priorityName(known);
};

const plain = (value: string, label = value): Choice => ({ value, label, drawn: label });

/**
 * Returns the people to choose from: the person themselves, nobody if that makes sense, and those whom the server
 * finds.
 */
function usePeopleChoices(desk: Desk, query: string, { nobody }: { nobody: boolean }): Choice[] {
  const found = useQuery({ ...membersQuery(desk.workspace_id, query), placeholderData: keepPreviousData }).data ?? [];
  const usual = [withIcon('me', t('Me')), ...(nobody ? [withIcon('none', t('Nobody'))] : [])];
  const members = found.map(({ user_id, name }) => personChoice(user_id, name));
  return [...usual.filter((choice) => isFound(choice, query)), ...members];
}

/** A filter whose values are known from the start, or found by their names. */
export type Named = Exclude<FilterName, 'label'>;

/** Returns the values of a filter that match a text. */
export function useChoices(desk: Desk, name: Named, query: string, projects: readonly string[]): Choice[] {
  const statuses = useStatuses(desk, projects).map(statusChoice);
  const people = usePeopleChoices(desk, name === 'assignee' || name === 'reporter' ? query : '', {
    nobody: name === 'assignee',
  });
  const all = useQuery(projectsQuery(desk.workspace_id)).data ?? [];
  switch (name) {
    case 'status':
      return statuses.filter((choice) => isFound(choice, query));
    case 'status_category':
      return Object.entries(category_labels)
        .map(([value, label]) => ({
          value,
          label: label(),
          drawn: (
            <>
              <StatusIcon category={value} /> {label()}
            </>
          ),
        }))
        .filter((choice) => isFound(choice, query));
    case 'assignee':
    case 'reporter':
      return people;
    case 'priority':
      return priorities
        .toReversed()
        .map((value) => ({ value, label: priorityName(value), drawn: <Priority value={value} word /> }))
        .filter((choice) => isFound(choice, query));
    case 'project':
      return all.map(({ key, name: of }) => plain(key, `${key} ${of}`)).filter((choice) => isFound(choice, query));
  }
}

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
