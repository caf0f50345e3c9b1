import { createStore, get, type UseStore, update } from 'idb-keyval';

/** A checkpoint that this browser saw, and when. */
export interface Seen {
  note: string;
  at: string;
}

/** What this browser remembers of a workspace’s log. */
export interface KeptLog {
  /** The largest checkpoint that went together with those before. */
  seen?: Seen;
  /** Who signed as it was first seen: the log’s name and its key’s id. */
  signer?: string;
  /** The log’s key, as somebody entered it. */
  key?: string;
  /** Two checkpoints that contradict each other. */
  trouble?: { before: Seen; now: Seen };
}

let logs: UseStore | undefined;
const store = () => (logs ??= createStore('baton-logs', 'logs'));

/** What this browser remembers; nothing where it refuses to keep anything. */
export async function keptLog(workspace_id: string): Promise<KeptLog> {
  return (await get<KeptLog>(workspace_id, store()).catch(() => undefined)) ?? {};
}

/** Changes what this browser remembers, in one transaction: another tab may do so at the same time. */
export async function keepLog(workspace_id: string, change: (kept: KeptLog) => KeptLog): Promise<KeptLog> {
  let changed: KeptLog = {};
  await update<KeptLog>(workspace_id, (kept = {}) => (changed = change(kept)), store());
  return changed;
}
