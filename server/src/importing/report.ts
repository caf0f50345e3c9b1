/** Everything that a replay may report about its source, in the order of printing. */
const FINDINGS = {
  no_tickets_file: ['source', 'no tickets file: titles, descriptions and comments are invented'],
  unreadable_line: ['source', 'lines that are neither an operation nor a ticket'],
  out_of_time_order: ['source', 'operations with an earlier time than the one before them'],
  not_in_tickets_file: ['source', 'tickets that are not in the tickets file'],
  never_replayed: ['source', 'tickets without any operation'],
  no_create: ['source', 'tickets that are never created: creation inferred from what follows'],
  created_twice: ['source', 'creations of a ticket that already exists: left out'],
  before_create: ['source', 'operations listed before their ticket is created: played after it'],
  no_status_at_create: ['source', 'tickets created without a status'],
  chain_gap: ['source', 'status changes from a status that the ticket is not in: replayed from its current one'],
  unchanged_status: ['source', 'status changes to the status that the ticket is in: no transition'],
  assignee_gap: ['source', 'reassignments from somebody who is not the assignee'],
  resolution_without_status: ['source', 'resolutions changed without a change of status: left out'],
  resolution_not_done: ['source', 'resolutions given on the way into a status that is not done: left out'],
  final_status_differs: ['source', 'tickets whose last change is not their final status'],
  final_assignee_differs: ['source', 'tickets whose last change is not their final assignee'],
  comment_without_text: ['source', 'comments whose text is missing: invented'],
  comment_without_operation: ['source', 'comments of the tickets file without an operation'],
  no_title: ['source', 'titles that are empty or missing: invented'],
  nul: ['source', 'texts with NUL: stripped'],
  lone_surrogate: ['source', 'texts with lone surrogates: stripped'],
  not_a_line: ['source', 'titles and labels with characters that a line can’t have: replaced or left out'],
  same_instant: [
    'source',
    'operations on a ticket at the same time as another author’s: only the order of the file tells which was first',
  ],
  title_cut: ['limits', 'titles cut to the limit'],
  description_cut: ['limits', 'descriptions cut to the limit'],
  comment_cut: ['limits', 'comments cut to the limit'],
  label_cut: ['limits', 'labels cut to the limit'],
  too_many_labels: ['limits', 'label lists cut to the limit'],
  nothing_to_say: ['mapping', 'operations without an effect in Baton: no call'],
  comment_folded: ['mapping', 'comments sent in the same call as their status change'],
  second_call: ['mapping', 'operations that took a second call'],
} as const satisfies Record<string, readonly [group: string, sentence: string]>;

export type Finding = keyof typeof FINDINGS;

const EXAMPLES = 3;

/** Counts what a replay finds in its source, with a few examples of each. */
export class Report {
  readonly #found = new Map<Finding, { count: number; examples: string[] }>();

  note(finding: Finding, example: string): void {
    const entry = this.#found.get(finding) ?? { count: 0, examples: [] };
    this.#found.set(finding, entry);
    entry.count += 1;
    if (entry.examples.length < EXAMPLES) entry.examples.push(example);
  }

  count(finding: Finding): number {
    return this.#found.get(finding)?.count ?? 0;
  }

  /** One line per finding, grouped as in the table: faults of the source come first. */
  lines(): string[] {
    const lines: string[] = [];
    let heading = '';
    for (const [finding, [group, sentence]] of Object.entries(FINDINGS) as [Finding, readonly [string, string]][]) {
      const entry = this.#found.get(finding);
      if (!entry) continue;
      if (group !== heading) lines.push(`${group}:`);
      heading = group;
      lines.push(`${String(entry.count).padStart(7)}  ${sentence} (${entry.examples.join('; ')})`);
    }
    return lines;
  }
}
