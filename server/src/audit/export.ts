import type { Db } from '../db/transaction.ts';
import { eventsToExport } from './ledger-queries.ts';

/** The last line of an export: the checkpoint that its events are verified against. */
const checkpointLine = (note: string) => `${JSON.stringify({ checkpoint: note })}\n`;

/** Returns whether a page of an export is the last one. */
export const endsExport = (page: string): boolean =>
  page.startsWith('{"checkpoint"') || page.includes('\n{"checkpoint"');

export interface ExportPage {
  text: string;
  events: number;
}

/** Returns a page of an export: one line for each event, and on the last page the checkpoint. */
export async function exportPage(
  db: Db,
  workspace_id: string,
  { last, after, limit }: { last: { size: number; note: string }; after: number; limit: number },
): Promise<ExportPage> {
  const events = await eventsToExport(db, workspace_id, { after, last: last.size, limit });
  const lines = events.map(
    ({ entry, salt, payload }) => `${JSON.stringify({ entry, salt: salt?.toString('base64') ?? null, payload })}\n`,
  );
  const text = lines.join('') + (after + events.length >= last.size ? checkpointLine(last.note) : '');
  return { text, events: events.length };
}
