import type { Mapping } from '../../server/src/importing/derive.ts';
import { type History, initialValue } from '../../server/src/importing/history.ts';
import { initialLabels, isLabelled, type Labels } from '../../server/src/importing/labels.ts';
import { startOf } from '../../server/src/importing/moves.ts';
import type { Call, CreateCall, EditCall, ExpectedChange, Step, TicketPlan, TransitionCall } from './calls.ts';
import { person } from '../../server/src/importing/people.ts';
import type { Priority } from '../../server/src/importing/priority.ts';
import type { Report } from '../../server/src/importing/report.ts';
import type { SourceOperation, SourceTicket } from '../../server/src/importing/source.ts';
import { fit } from '../../server/src/importing/text.ts';
import { Comments, fitTitle, initialDescription, initialTitle } from './texts.ts';

/** Plans the calls for one ticket: its creation first, then one call for what was done together, if the API has one. */
export function planTicket(
  history: History,
  record: SourceTicket | undefined,
  mapping: Mapping,
  report: Report,
): TicketPlan {
  const state = new TicketState(history, mapping, report);
  const comments = new Comments(history, record, report);
  const create = state.create(initialTitle(history, record, report), initialDescription(history, record, report));
  const { at, by } = history.create;
  const steps: Step[] = [{ at, by, operations: history.created_by_source ? 1 : 0, calls: [create] }];
  for (const together of groups(history.rest)) steps.push(planStep(together, state, comments, report));
  comments.close();
  state.compareWithFacts();
  return { ticket: history.ticket, steps, expected: state.expected() };
}

/** Groups adjacent operations of one instant and author. */
function* groups(operations: readonly SourceOperation[]): Generator<[SourceOperation, ...SourceOperation[]]> {
  let group: [SourceOperation, ...SourceOperation[]] | undefined;
  for (const operation of operations) {
    if (group && group[0].at === operation.at && group[0].by === operation.by) {
      group.push(operation);
      continue;
    }
    if (group) yield group;
    group = [operation];
  }
  if (group) yield group;
}

function planStep(
  group: readonly [SourceOperation, ...SourceOperation[]],
  state: TicketState,
  comments: Comments,
  report: Report,
): Step {
  const calls: Call[] = [];
  for (const operation of group.filter(({ op }) => op === 'change')) {
    const said = state.change(operation);
    const what = `${[...operation.set.keys()].join(' and ')} of ${operation.ticket}`;
    if (said.length === 0) report.note('nothing_to_say', what);
    if (said.length > 1) report.note('second_call', what);
    calls.push(...said);
  }
  const transition = calls.find((call) => call.kind === 'transition');
  for (const operation of group.filter(({ op }) => op === 'comment')) {
    const body = comments.take(operation);
    if (body === '') report.note('nothing_to_say', `an empty comment of ${operation.ticket}`);
    else if (transition && transition.comment === undefined) {
      transition.comment = body;
      report.note('comment_folded', `${operation.ticket} at ${operation.at}`);
    } else calls.push({ kind: 'comment', body });
  }
  const { at, by } = group[0];
  return { at, by, operations: group.length, calls };
}

/** The state of a ticket while its history is processed. */
class TicketState {
  readonly #history: History;
  readonly #mapping: Mapping;
  readonly #report: Report;
  readonly #labels: Labels;
  readonly #changes: ExpectedChange[] = [];
  #status: string;
  #assignee: string | null;
  #priority: Priority;
  #title = '';
  #description = '';
  #resolution: string | null = null;
  #listed: string[];

  constructor(history: History, mapping: Mapping, report: Report) {
    this.#history = history;
    this.#mapping = mapping;
    this.#report = report;
    this.#labels = initialLabels(history, report);
    if (!history.create.set.get('status')?.to) report.note('no_status_at_create', history.ticket);
    this.#status = startOf(history) ?? mapping.default_status;
    this.#assignee = this.#person(initialValue(history, 'assignee'));
    this.#priority = this.#labels.ratePriority(initialValue(history, 'priority'), mapping);
    this.#listed = this.#labels.list();
  }

  create(title: string, description: string): CreateCall {
    this.#title = title;
    this.#description = description;
    const status = this.#statusKey(this.#status);
    return {
      kind: 'create',
      title,
      description,
      priority: this.#priority,
      labels: this.#listed,
      status,
      assignee: this.#assignee,
    };
  }

  change(operation: SourceOperation): Call[] {
    const calls: Call[] = [];
    const transition = this.#transition(operation);
    const assignee = this.#reassign(operation);
    const edit = this.#edit(operation);
    if (transition && assignee !== undefined) transition.assignee = assignee;
    if (transition) calls.push(transition);
    else if (assignee !== undefined) calls.push({ kind: 'assign', assignee });
    if (edit) calls.push(edit);
    return calls;
  }

  expected(): TicketPlan['expected'] {
    return {
      title: this.#title,
      description: this.#description,
      priority: this.#priority,
      labels: this.#listed,
      status: this.#statusKey(this.#status),
      resolution: this.#resolution,
      assignee: this.#assignee,
      changes: this.#changes,
    };
  }

  compareWithFacts(): void {
    const { ticket, facts } = this.#history;
    const status = facts?.get('status');
    if (status && status !== this.#status)
      this.#report.note('final_status_differs', `${ticket}: ${this.#status}, not ${status}`);
    const assignee = facts && this.#person(facts.get('assignee') ?? null);
    if (assignee !== undefined && assignee !== this.#assignee) {
      this.#report.note('final_assignee_differs', `${ticket}: ${this.#assignee}, not ${assignee}`);
    }
  }

  #transition(operation: SourceOperation): TransitionCall | undefined {
    const status = operation.set.get('status');
    const resolved = operation.set.get('resolution');
    const where = `${operation.ticket} at ${operation.at}`;
    const moves = status !== undefined && status.to !== null && status.to !== this.#status;
    if (resolved && !moves) this.#report.note('resolution_without_status', where);
    if (!status || status.to === null) return undefined;
    if (status.from !== undefined && status.from !== this.#status) {
      this.#report.note('chain_gap', `${where}: ${status.from} to ${status.to} while ${this.#status}`);
    }
    if (!moves) {
      this.#report.note('unchanged_status', `${where}: ${status.to}`);
      return undefined;
    }
    const from = this.#statusKey(this.#status);
    const to = this.#statusKey(status.to);
    const given = resolved?.to ? this.#mapping.resolutions.get(resolved.to) : undefined;
    const done = this.#isDone(to);
    if (given !== undefined && !done) this.#report.note('resolution_not_done', `${where}: ${resolved?.to} in ${to}`);
    const resolution = done ? given : undefined;
    this.#resolution = done ? (resolution ?? this.#resolution) : null;
    this.#changes.push({ from, to, by: operation.by, resolution: this.#resolution });
    this.#status = status.to;
    return { kind: 'transition', to, ...(resolution !== undefined && { resolution }) };
  }

  #reassign(operation: SourceOperation): string | null | undefined {
    const change = operation.set.get('assignee');
    if (!change) return undefined;
    if (change.from !== undefined && this.#person(change.from) !== this.#assignee) {
      this.#report.note('assignee_gap', `${operation.ticket} at ${operation.at}`);
    }
    const to = this.#person(change.to);
    if (to === this.#assignee) return undefined;
    this.#assignee = to;
    return to;
  }

  #edit(operation: SourceOperation): EditCall | undefined {
    const edit: EditCall = { kind: 'edit' };
    const { set, ticket } = operation;
    const title = fitTitle(set.get('title')?.to ?? '', ticket, this.#report);
    if (title !== '' && title !== this.#title) edit.title = this.#title = title;
    const described = set.get('description');
    if (described) {
      const description = fit(described.to ?? '', 'description', ticket, this.#report);
      if (description !== this.#description) edit.description = this.#description = description;
    }
    const rated = set.get('priority');
    if (rated) {
      const priority = this.#labels.ratePriority(rated.to, this.#mapping);
      if (priority !== this.#priority) edit.priority = this.#priority = priority;
    }
    const labels = this.#relabel(operation);
    if (labels) edit.labels = labels;
    return Object.keys(edit).length > 1 ? edit : undefined;
  }

  #relabel(operation: SourceOperation): string[] | undefined {
    for (const [field, { to }] of operation.set) if (isLabelled(field)) this.#labels.set(field, to);
    const labels = this.#labels.list();
    if (labels.join('\n') === this.#listed.join('\n')) return undefined;
    this.#listed = labels;
    return labels;
  }

  #isDone(key: string): boolean {
    return this.#mapping.workflow.statuses.some((status) => status.key === key && status.category === 'done');
  }

  #statusKey(name: string): string {
    return this.#mapping.statuses.get(name) ?? name;
  }

  #person(name: string | null): string | null {
    return person(name, this.#mapping.people.authors);
  }
}
