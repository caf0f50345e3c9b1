import type { TicketPlan } from './calls.ts';
import type { Mapping } from '../../server/src/importing/derive.ts';
import type { History, Source } from '../../server/src/importing/history.ts';
import { Report } from '../../server/src/importing/report.ts';
import { readTickets } from '../../server/src/importing/source.ts';
import { planTicket } from './ticket.ts';

/**
 * Yields the plan of each ticket, one at a time, so that only the texts in use are in memory: first in the order of the tickets
 * file, then the tickets that it lacks. No plan depends on another, so all may be played at once.
 */
export async function* plans(source: Source, mapping: Mapping, report: Report): AsyncGenerator<TicketPlan> {
  const left = new Map<string, History>(source.histories);
  // Faults of this file were reported when its facts were read.
  const records = source.tickets_file ? readTickets(source.tickets_file, new Report()) : [];
  for await (const record of records) {
    const history = left.get(record.id);
    if (!history) continue;
    left.delete(record.id);
    yield planTicket(history, record, mapping, report);
  }
  for (const history of left.values()) yield planTicket(history, undefined, mapping, report);
}
