import { type History, initialValue } from './history.ts';
import type { Mapping } from './derive.ts';
import type { Report } from './report.ts';
import { fit, LIMITS } from './text.ts';

// Said by a call of their own.
const NATIVE = new Set(['status', 'resolution', 'assignee', 'title', 'description', 'priority']);
// People to tell and links between tickets: as labels they would be noise, and there is no call for them yet.
const UNSAID =
  /^(cc|watch.*|reporter|author|voters?|block.*|depend.*|parent|child.*|related.*|duplicates?|see_?also|links?|attach.*)$/i;

/** True for the fields that a label stands for: `component:ui.core`. */
export function isLabelled(field: string): boolean {
  return !NATIVE.has(field) && !UNSAID.test(field);
}

/** A ticket's labels, by the field they stand for. */
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

  /** Sets the priority's label, where the API's own priority doesn't say it all; returns the API's. */
  ratePriority(value: string | null, mapping: Mapping) {
    const rating = value === null ? undefined : mapping.priorities.get(value);
    this.set('priority', rating?.label ? value : null);
    return rating?.priority ?? 'none';
  }

  /** As the API takes them: sorted, each once, no more than it allows. */
  list(): string[] {
    const labels = [...new Set(this.#by_field.values())].sort();
    if (labels.length > LIMITS.labels) this.#report.note('too_many_labels', `${labels.length} of ${this.#where}`);
    return labels.slice(0, LIMITS.labels);
  }
}

/** The labels a ticket is created with. */
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
