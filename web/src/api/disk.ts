import { createStore, del, entries, promisifyRequest, set, type UseStore } from 'idb-keyval';
import type { Operation } from '../store/decide.ts';
import type { StoredDraft } from '../store/draft-texts.ts';
import type { DraftStorage } from '../store/drafts.ts';
import type { Outbox } from '../store/outcome.ts';

let drafts: UseStore | undefined;
let operations: UseStore | undefined;
// Each store has its own database, because idb-keyval creates one store per database. They are opened when first
// needed: a browser may refuse to open them.
const draftStore = () => (drafts ??= createStore('baton-drafts', 'drafts'));
const operationStore = () => (operations ??= createStore('baton-outbox', 'operations'));

const withPrefix = <T>(rows: readonly [IDBValidKey, T][], prefix: string): [string, T][] =>
  rows.filter((row): row is [string, T] => typeof row[0] === 'string' && row[0].startsWith(prefix));

/** Stores drafts in IndexedDB. */
export const draft_storage: DraftStorage = {
  // This runs in one transaction, because another tab may write the same draft.
  update: (key, change) =>
    draftStore()('readwrite', (store) => {
      const read: IDBRequest<StoredDraft | undefined> = store.get(key);
      read.onsuccess = () => {
        const stored = change(read.result);
        if (stored === undefined) store.delete(key);
        else store.put(stored, key);
      };
      return promisifyRequest(store.transaction);
    }),
  entries: async (prefix) => {
    const rows = await entries<IDBValidKey, StoredDraft>(draftStore());
    return withPrefix(rows, prefix);
  },
};

/** An operation, and the tab that sends it. */
export interface KeptOperation {
  operation: Operation;
  tab: string;
}

/** Stores the operations of one account in one workspace in IndexedDB. */
export function makeOutbox(
  account: string,
  workspace_id: string,
  tab: string,
): Outbox & { all: () => Promise<KeptOperation[]> } {
  const prefix = `${account}/${workspace_id}/`;
  return {
    put: (operation) => set(prefix + operation.id, { operation, tab } satisfies KeptOperation, operationStore()),
    remove: (id) => del(prefix + id, operationStore()),
    all: async () => {
      const rows = await entries<IDBValidKey, KeptOperation>(operationStore());
      return withPrefix(rows, prefix).map(([, kept]) => kept);
    },
  };
}
