import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';

// Chooses the sample from the whole archive, always the same:
//   node proof/replay/sample/select.ts ../shared/data/jqueryui-replay.ndjson.gz
// A demo should have few accounts, so it takes only tickets that nobody but the 24 most active people touched. Of these it
// takes those that are still open and those with the longest histories, 200 in all.

const people_wanted = 24;
const tickets_wanted = 200;
const open_wanted = 60;

interface Operation {
  op: string;
  ticket: string;
  by: string | null;
  set?: Record<string, unknown>;
}

interface Last {
  id: string;
  status: string;
}

const [file = ''] = process.argv.slice(2);
const rowsOf = (name: string) =>
  gunzipSync(readFileSync(name))
    .toString()
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => ({ line, json: JSON.parse(line) as unknown }));

const operations = rowsOf(file).map(({ line, json }) => ({ line, row: json as Operation }));
const tickets = rowsOf(file.replace('-replay.', '-tickets.')).map(({ line, json }) => ({ line, row: json as Last }));

const activity = new Map<string, number>();
for (const { row } of operations) if (row.by !== null) activity.set(row.by, (activity.get(row.by) ?? 0) + 1);
const active = new Set(
  [...activity]
    .toSorted(([a, n], [b, m]) => m - n || a.localeCompare(b))
    .slice(0, people_wanted)
    .map(([name]) => name),
);

/** Everyone who acts in the operation or is assigned the ticket. */
function peopleOf({ by, set }: Operation): unknown[] {
  return [by, set?.['assignee']].flat().filter((one) => one !== null && one !== undefined && one !== '');
}

const stories = Map.groupBy(operations, ({ row }) => row.ticket);
const candidates = tickets
  .map(({ row }) => ({ id: row.id, open: row.status !== 'closed', story: stories.get(row.id) ?? [] }))
  .filter(({ story }) => story.every(({ row }) => peopleOf(row).every((one) => active.has(String(one)))))
  .toSorted((a, b) => b.story.length - a.story.length || a.id.localeCompare(b.id));
const still_open = candidates.filter(({ open }) => open).slice(0, open_wanted);
const rest = candidates.filter((one) => !still_open.includes(one)).slice(0, tickets_wanted - still_open.length);
const chosen = new Set([...still_open, ...rest].map(({ id }) => id));

const write = (name: string, lines: string[]) =>
  writeFileSync(path.join(import.meta.dirname, name), gzipSync(`${lines.join('\n')}\n`, { level: 9 }));
write(
  'jqueryui-replay.ndjson.gz',
  operations.filter(({ row }) => chosen.has(row.ticket)).map(({ line }) => line),
);
write(
  'jqueryui-tickets.ndjson.gz',
  tickets.filter(({ row }) => chosen.has(row.id)).map(({ line }) => line),
);
console.log(`${chosen.size} tickets, ${still_open.length} of them open.`);
