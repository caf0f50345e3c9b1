import { useQuery } from '@tanstack/react-query';
import type { WorkflowStatus } from 'baton-sdk';
import { projectsQuery } from '../api/workspaces.ts';
import type { Desk } from '../desk/desk.ts';
import { useMembers } from '../desk/use-members.ts';
import { Avatar } from '../ui/avatar.tsx';
import { Icon } from '../ui/icon.tsx';
import { Priority, priorities, priorityName, StatusIcon } from '../ui/status.tsx';
import { t } from '../ui/text.ts';
import type { FilterName } from './filters.ts';
import { category_labels } from './names.ts';
import { useStatuses } from './use-value-names.ts';

/** A value of a filter that can be chosen. */
export interface Choice {
  value: string;
  label: string;
  drawn: React.ReactNode;
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

const plain = (value: string, label = value): Choice => ({ value, label, drawn: label });

/**
 * Returns the people to choose from: the person themselves, nobody if that makes sense, and those whom the server
 * finds.
 */
function usePeopleChoices(desk: Desk, query: string, { nobody }: { nobody: boolean }): Choice[] {
  const found = useMembers(desk.workspace_id, query);
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
