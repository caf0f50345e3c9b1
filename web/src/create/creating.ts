import type { Priority } from 'baton-sdk';
import { cell } from '../store/cell.ts';

/** The workspace and project in which a ticket is being created. */
export interface Creating {
  workspace: string;
  /** The key of the project that is preselected. */
  project?: string | undefined;
}

/** The open form for a new ticket; undefined if none is open. */
export const creating = cell<Creating | undefined>(undefined);

/** The values of the form. */
export interface NewTicket {
  title: string;
  description: string;
  priority: Priority;
  /** A member's id; null for nobody. */
  assignee_id: string | null;
  labels: string;
  due_on: string;
}

const empty: NewTicket = {
  title: '',
  description: '',
  priority: 'none',
  assignee_id: null,
  labels: '',
  due_on: '',
};

/** Serializes the form for its draft; undefined if the form is empty. */
export function textOf(form: NewTicket): string | undefined {
  const text = JSON.stringify(form);
  return text === JSON.stringify(empty) ? undefined : text;
}

/** Restores the form from its draft. Missing fields get their defaults, and unreadable text is ignored. */
export function formOf(text: string | undefined): NewTicket {
  try {
    const given: unknown = JSON.parse(text ?? '{}');
    return typeof given === 'object' && given !== null ? { ...empty, ...given } : empty;
  } catch {
    return empty;
  }
}
