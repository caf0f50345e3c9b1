/** Everything a replay may have to say about its source, in the order it is printed. */
const FINDINGS = {
  no_tickets_file: ['source', 'no tickets file: titles, descriptions and comments are invented'],
  unreadable_line: ['source', 'lines that are no operation and no ticket'],
  out_of_time_order: ['source', 'operations stamped earlier than the one before them'],
  not_in_tickets_file: ['source', 'tickets the tickets file does not have'],
  never_replayed: ['source', 'tickets without one operation'],
  no_create: ['source', 'tickets that are never created: created from what follows'],
  created_twice: ['source', 'creations of a ticket that exists: left out'],
  before_create: ['source', 'operations listed before their ticket is created: played after it'],
  no_status_at_create: ['source', 'tickets created without a status'],
  chain_gap: ['source', 'status changes from a status the ticket is not in: played from where it is'],
  unchanged_status: ['source', 'status changes to the status the ticket is in: not a transition'],
  assignee_gap: ['source', 'reassignments from somebody who is not the assignee'],
  resolution_without_status: ['source', 'resolutions changed without a change of status: left out'],
  resolution_not_done: ['source', 'resolutions given on the way into a status that is not done: left out'],
  final_status_differs: ['source', 'tickets whose last change is not their final status'],
  final_assignee_differs: ['source', 'tickets whose last change is not their final assignee'],
  comment_without_text: ['source', 'comments whose text is missing: invented'],
  comment_without_operation: ['source', 'comments of the tickets file that no operation makes'],
  no_title: ['source', 'titles that are empty or missing: invented'],
  nul: ['source', 'texts with NUL: stripped'],
  lone_surrogate: ['source', 'texts with lone surrogates: stripped'],
  not_a_line: ['source', 'titles and labels with characters that a line can’t have: replaced or left out'],
  same_instant: ['source', 'operations that share ticket and instant with another author’s: order needs a sequence'],
  title_cut: ['limits', 'titles cut to the limit'],
  description_cut: ['limits', 'descriptions cut to the limit'],
  comment_cut: ['limits', 'comments cut to the limit'],
  label_cut: ['limits', 'labels cut to the limit'],
  too_many_labels: ['limits', 'label lists cut to the limit'],
  nothing_to_say: ['mapping', 'operations without any effect here: no call'],
  comment_folded: ['mapping', 'comments told in the same call as their status change'],
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

  /** One line a finding that occurred, grouped as the table is: what the source had wrong comes first. */
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
