import { t } from '../ui/text.ts';
import type { FilterName, Sort } from './filters.ts';

/** The names of the filters. */
export const filter_labels: Record<FilterName | 'due', () => string> = {
  status: () => t('Status'),
  status_category: () => t('Kind of status'),
  assignee: () => t('Assignee'),
  reporter: () => t('Reporter'),
  priority: () => t('Priority'),
  label: () => t('Label'),
  due: () => t('Due'),
  project: () => t('Project'),
};

/** The names of the categories of statuses. */
export const category_labels: Record<string, () => string> = {
  todo: () => t('To do'),
  in_progress: () => t('In progress'),
  waiting: () => t('Waiting'),
  done: () => t('Done'),
};

/** The names of the orders. */
export const sort_labels: Record<Sort, () => string> = {
  '-created_at': () => t('Newest first'),
  created_at: () => t('Oldest first'),
  '-updated_at': () => t('Latest change first'),
  updated_at: () => t('Oldest change first'),
  '-last_activity_at': () => t('Latest activity first'),
  last_activity_at: () => t('Oldest activity first'),
  '-priority': () => t('Most urgent first'),
  due_on: () => t('Due first'),
  rank: () => t('By hand'),
};
