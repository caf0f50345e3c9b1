import { type History, initialValue } from '../../server/src/importing/history.ts';
import type { Report } from '../../server/src/importing/report.ts';
import type { SourceOperation, SourceTicket } from '../../server/src/importing/source.ts';
import { isBlank } from '../../server/src/lib/text.ts';
import { fit, LIMITS, placeholder } from '../../server/src/importing/text.ts';

/** The title that a ticket is created with: the source's first title, or readable filler of its length. */
export function initialTitle(history: History, record: SourceTicket | undefined, report: Report): string {
  const given = initialValue(history, 'title') ?? record?.title ?? '';
  const title = fitTitle(given, history.ticket, report);
  if (title) return title;
  report.note('no_title', history.ticket);
  return placeholder(Math.min(history.create.title_chars, LIMITS.title)).trim() || '(untitled)';
}

/** A title on one line, or '' if nothing of it is left. */
export function fitTitle(title: string, where: string, report: Report): string {
  return fit(title.trim(), 'title', where, report).trim();
}

/** The description that a ticket is created with. */
export function initialDescription(history: History, record: SourceTicket | undefined, report: Report): string {
  const changed = history.rest.find((operation) => operation.set.has('description'));
  const known = changed ? initialValue(history, 'description') : record?.description;
  const filler = () => placeholder(Math.min(history.create.chars, LIMITS.description));
  return fit(known ?? (record ? '' : filler()), 'description', history.ticket, report);
}

/** Assigns the comments of a ticket to the operations that wrote them: by instant and author, in order. */
export class Comments {
  readonly #bodies: Map<string, string[]>;
  readonly #where: string;
  readonly #report: Report;

  constructor(history: History, record: SourceTicket | undefined, report: Report) {
    const grouped = Map.groupBy(record?.comments ?? [], keyOf);
    this.#bodies = new Map([...grouped].map(([key, comments]) => [key, comments.map((comment) => comment.body)]));
    this.#where = history.ticket;
    this.#report = report;
  }

  take(operation: SourceOperation): string {
    const given = this.#bodies.get(keyOf(operation))?.shift();
    const body = given === undefined || isBlank(given) ? undefined : given;
    if (body === undefined) this.#report.note('comment_without_text', `${this.#where} at ${operation.at}`);
    return fit(body ?? placeholder(Math.min(operation.chars, LIMITS.comment)), 'comment', this.#where, this.#report);
  }

  /** Reports the comments that no operation took. */
  close(): void {
    const left = [...this.#bodies.values()].flat().length;
    for (let n = 0; n < left; n += 1) this.#report.note('comment_without_operation', this.#where);
  }
}

function keyOf({ at, by }: { at: string; by: string | null }): string {
  return `${at} ${by}`;
}
