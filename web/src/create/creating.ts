import type { Priority } from 'baton-sdk';
import { cell } from '../store/cell.ts';

/** Where a ticket is being created. */
export interface Creating {
  workspace: string;
  /** The key of the project that is chosen as the form opens. */
  project?: string | undefined;
}

/** The open form for a new ticket, if there is one. */
export const creating = cell<Creating | undefined>(undefined);

/** What the form says. */
export interface Draft {
  title: string;
  description: string;
  priority: Priority;
  /** A member's id, or nobody. */
  assignee_id: string | null;
  labels: string;
  due_on: string;
}

export const no_draft: Draft = {
  title: '',
  description: '',
  priority: 'none',
  assignee_id: null,
  labels: '',
  due_on: '',
};

/** What was typed, while the page is open: closing the form loses nothing. */
export const draft = cell(no_draft);

export const change = (changed: Partial<Draft>): void => draft.set({ ...draft.get(), ...changed });
