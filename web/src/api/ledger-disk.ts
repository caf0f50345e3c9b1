import { createStore, get, type UseStore, update } from 'idb-keyval';

/** A checkpoint that this browser has seen, and when. */
export interface Seen {
  note: string;
  at: string;
}

/** What this browser remembers of a workspace’s log. */
export interface KeptLog {
  /** The largest checkpoint that was consistent with the earlier ones. */
  seen?: Seen;
  /** The signer when the log was first seen: the log’s name and its key’s id. */
  signer?: string;
  /** The log’s key, as the person entered it. */
  key?: string;
  /** Two checkpoints that contradict each other. */
  trouble?: { before: Seen; now: Seen };
}

let logs: UseStore | undefined;
const store = () => (logs ??= createStore('baton-logs', 'logs'));

/** Returns what this browser remembers of a log; an empty object if the browser refuses to store anything. */
export async function keptLog(workspace_id: string): Promise<KeptLog> {
  return (await get<KeptLog>(workspace_id, store()).catch(() => undefined)) ?? {};
}

/** Updates what this browser remembers in one transaction, because another tab may do so at the same time. */
export async function keepLog(workspace_id: string, change: (kept: KeptLog) => KeptLog): Promise<KeptLog> {
  let changed: KeptLog = {};
  await update<KeptLog>(workspace_id, (kept = {}) => (changed = change(kept)), store());
  return changed;
}
