import type { TicketPlan } from './calls.ts';
import type { Mapping } from '../../server/src/importing/derive.ts';
import type { History, Source } from '../../server/src/importing/history.ts';
import { Report } from '../../server/src/importing/report.ts';
import { readTickets } from '../../server/src/importing/source.ts';
import { planTicket } from './ticket.ts';

/**
 * The plan of each ticket, one at a time, so that only the texts at work are in memory: in the tickets file's order,
 * then those it doesn't have. No plan rests on another: all may be played at once.
 */
export async function* plans(source: Source, mapping: Mapping, report: Report): AsyncGenerator<TicketPlan> {
  const left = new Map<string, History>(source.histories);
  // What this file has wrong was reported when its facts were read.
  const records = source.tickets_file ? readTickets(source.tickets_file, new Report()) : [];
  for await (const record of records) {
    const history = left.get(record.id);
    if (!history) continue;
    left.delete(record.id);
    yield planTicket(history, record, mapping, report);
  }
  for (const history of left.values()) yield planTicket(history, undefined, mapping, report);
}
