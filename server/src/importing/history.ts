import type { Report } from './report.ts';
import { readOperations, readTickets, SourceError, type SourceOperation, ticketsFileBeside } from './source.ts';

/** All that happened to one ticket, in the order of the replay: its creation first, the rest in the order of the file. */
export interface History {
  ticket: string;
  create: SourceOperation;
  /** False if the source never creates the ticket, so that `create` is inferred. */
  created_by_source: boolean;
  rest: SourceOperation[];
  /** The last values of the fields in the tickets file; undefined if the ticket isn't in it. */
  facts: Map<string, string | null> | undefined;
}

/** A whole source without its texts, which are read from the tickets file when they are sent. */
export interface Source {
  replay_file: string;
  tickets_file: string | undefined;
  histories: Map<string, History>;
  operations: { create: number; change: number; comment: number };
}

/** Reads a replay file, and the last values of fields from the tickets file beside it. Throws `SourceError`. */
export async function readSource(replay_file: string, report: Report): Promise<Source> {
  const tickets_file = ticketsFileBeside(replay_file);
  const operations = { create: 0, change: 0, comment: 0 };
  const by_ticket = new Map<string, SourceOperation[]>();
  let before = '';
  for await (const operation of readOperations(replay_file, report)) {
    operations[operation.op] += 1;
    if (operation.at < before) report.note('out_of_time_order', `${operation.ticket} at ${operation.at}`);
    before = operation.at;
    const known = by_ticket.get(operation.ticket);
    if (known) known.push(operation);
    else by_ticket.set(operation.ticket, [operation]);
  }
  if (by_ticket.size === 0) throw new SourceError(`${replay_file}: no line of this file is an operation.`);
  const histories = new Map([...by_ticket].map(([ticket, ops]) => [ticket, arrange(ticket, ops, report)]));
  if (tickets_file) {
    if ((await addFacts(histories, tickets_file, report)) === 0)
      throw new SourceError(`${tickets_file}: no line of this file is a ticket.`);
  } else report.note('no_tickets_file', replay_file.replace(/^.*[/\\]/, ''));
  return { replay_file, tickets_file, histories, operations };
}

/** A field's value when the ticket was created: from its creation, else inferred from its first change or last value. */
export function initialValue(history: History, field: string): string | null {
  const given = history.create.set.get(field);
  if (given) return given.to;
  const first = history.rest.find((operation) => operation.set.has(field))?.set.get(field);
  return (first ? first.from : history.facts?.get(field)) ?? null;
}

function arrange(ticket: string, operations: SourceOperation[], report: Report): History {
  noteSameInstants(operations, report);
  const first = operations.findIndex((operation) => operation.op === 'create');
  const found = operations[first];
  for (const operation of operations.slice(0, Math.max(first, 0))) {
    report.note('before_create', `${operation.op} of ${ticket} at ${operation.at}`);
  }
  const rest = operations.filter((operation) => operation.op !== 'create');
  const again = operations.length - rest.length - 1;
  for (let n = 0; n < again; n += 1) report.note('created_twice', ticket);
  if (!found) report.note('no_create', ticket);
  return {
    ticket,
    create: found ?? madeUp(ticket, rest),
    created_by_source: found !== undefined,
    rest,
    facts: undefined,
  };
}

function madeUp(ticket: string, rest: SourceOperation[]): SourceOperation {
  const { at, by } = rest[0] ?? { at: '', by: null };
  return { at, op: 'create', ticket, by, set: new Map(), chars: 0, title_chars: 0 };
}

function noteSameInstants(operations: SourceOperation[], report: Report): void {
  for (const [index, operation] of operations.entries()) {
    const before = operations[index - 1];
    if (before && before.at === operation.at && before.by !== operation.by) {
      report.note('same_instant', `${operation.ticket} at ${operation.at}`);
    }
  }
}

/** Adds the last values of fields from the tickets file. Returns the number of its tickets. */
async function addFacts(histories: Map<string, History>, tickets_file: string, report: Report): Promise<number> {
  let count = 0;
  for await (const ticket of readTickets(tickets_file, report)) {
    count++;
    const history = histories.get(ticket.id);
    if (!history) report.note('never_replayed', ticket.id);
    else history.facts = ticket.facts;
    if (history && !history.created_by_source) history.create.by = ticket.reporter ?? history.create.by;
  }
  for (const history of histories.values()) {
    if (!history.facts) report.note('not_in_tickets_file', history.ticket);
  }
  return count;
}
