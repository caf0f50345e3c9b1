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
export interface NewTicket {
  title: string;
  description: string;
  priority: Priority;
  /** A member's id, or nobody. */
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

/** The form as the text that is kept of it; undefined where it says nothing. */
export function textOf(form: NewTicket): string | undefined {
  const text = JSON.stringify(form);
  return text === JSON.stringify(empty) ? undefined : text;
}

/** The form of a text that was kept: whatever else is there by mistake, it has every field. */
export function formOf(text: string | undefined): NewTicket {
  try {
    const given: unknown = JSON.parse(text ?? '{}');
    return typeof given === 'object' && given !== null ? { ...empty, ...given } : empty;
  } catch {
    return empty;
  }
}
