import { type History, initialValue } from './history.ts';
import type { Mapping } from './derive.ts';
import type { Report } from './report.ts';
import { fit, LIMITS } from './text.ts';

// Fields that the API has itself.
const NATIVE = new Set(['status', 'resolution', 'assignee', 'title', 'description', 'priority']);
// People to notify and links between tickets, for which there is no call yet. As labels they would be noise.
const UNSAID =
  /^(cc|watch.*|reporter|author|voters?|block.*|depend.*|parent|child.*|related.*|duplicates?|see_?also|links?|attach.*)$/i;

/** Whether a field becomes a label, such as `component:ui.core`. */
export function isLabelled(field: string): boolean {
  return !NATIVE.has(field) && !UNSAID.test(field);
}

/** A ticket's labels, by the fields that they stand for. */
export class Labels {
  readonly #by_field = new Map<string, string>();
  readonly #where: string;
  readonly #report: Report;

  constructor(where: string, report: Report) {
    this.#where = where;
    this.#report = report;
  }

  set(field: string, value: string | null): void {
    if (value === null) this.#by_field.delete(field);
    else this.#by_field.set(field, fit(`${field}:${oneLine(value)}`, 'label', this.#where, this.#report).trim());
  }

  /** Returns the API's priority, and sets a label with the source's if that says more. */
  ratePriority(value: string | null, mapping: Mapping) {
    const rating = value === null ? undefined : mapping.priorities.get(value);
    this.set('priority', rating?.label ? value : null);
    return rating?.priority ?? 'none';
  }

  /** The labels as the API takes them: sorted, without duplicates, within its limit. */
  list(): string[] {
    const labels = [...new Set(this.#by_field.values())].sort();
    if (labels.length > LIMITS.labels) this.#report.note('too_many_labels', `${labels.length} of ${this.#where}`);
    return labels.slice(0, LIMITS.labels);
  }
}

/** The labels that a ticket is created with. */
export function initialLabels(history: History, report: Report): Labels {
  const labels = new Labels(history.ticket, report);
  const fields = [history.create, ...history.rest].flatMap((operation) => [...operation.set.keys()]);
  for (const field of new Set([...fields, ...(history.facts?.keys() ?? [])])) {
    if (isLabelled(field)) labels.set(field, initialValue(history, field));
  }
  return labels;
}

function oneLine(value: string): string {
  return value.replace(/\s+/g, ' ').trim();
}
