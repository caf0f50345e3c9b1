import { openStore } from '../../server/src/attachments/open-store.ts';
import { removeDueFiles } from '../../server/src/attachments/upkeep.ts';
import { createPool } from '../../server/src/db/pool.ts';
import type { Person } from './people.ts';
import type { TestServer } from './server.ts';

/** A file to attach. */
export const a_file = { name: 'a.txt', body: new Blob(['The bytes of a file.']) };

/** Attaches a file to a ticket. */
export async function makeAttachment(
  { client }: Person,
  at: { workspace_id: string; ticket: string },
  name = a_file.name,
): Promise<{ attachment_id: string }> {
  const { id } = await client.add_attachment({ ...at, ...a_file, name });
  return { attachment_id: id };
}

/** Deletes the bytes of every file that is due, as the worker does. Returns how many files there were. */
export async function removeDue({ database, config }: TestServer): Promise<number> {
  const failures: Error[] = [];
  const limits = { max: 1, statement_timeout_ms: 30_000, lock_timeout_ms: 1_000 };
  const on_error = (error: Error) => failures.push(error);
  const pool = createPool({ url: database.url, role: 'baton_worker', ...limits, on_error });
  let removed = 0;
  try {
    const store = openStore(config);
    if (store === undefined) throw new Error('The server has no store.');
    await removeDueFiles(pool, store, { goesOn: () => true, count: (rows) => (removed += rows) });
  } finally {
    await pool.end();
  }
  if (failures[0] !== undefined) throw failures[0];
  return removed;
}
