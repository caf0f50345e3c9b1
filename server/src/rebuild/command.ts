import type { AuditAction } from '../audit/facts.ts';
import { worker_user } from '../db/connection-check.ts';
import { createPool } from '../db/pool.ts';
import { type Db, readOnly } from '../db/transaction.ts';
import { first_id } from '../db/walk.ts';
import {
  missingRows,
  rebuiltAttachments,
  rebuiltInvitations,
  rebuiltMemberships,
  rebuiltProjects,
  rebuiltTickets,
  rebuiltViews,
  rebuiltWebhooks,
  type Rebuilt,
  workspacesBehind,
} from './queries.ts';

/** How many workspaces or tickets one statement reads. */
const batch_size = 500;
const max_named = 20;
const progress_ms = 2_000;

type Subject = AuditAction extends infer Action ? (Action extends `${infer S}.${string}` ? S : never) : never;
/**
 * What isn't compared by itself. Bots are members, and a workflow belongs to its project. The entries of workspaces,
 * tokens and comments don't say enough: a name may have been erased, and the hash and the text are missing.
 */
type Apart = 'bot' | 'workflow' | 'workspace' | 'token' | 'comment';

/**
 * What rebuilds the rows of a workspace, by the subject of their entries. The compiler requires one for each new
 * subject. Tickets are rebuilt in batches.
 */
const rebuilders = {
  member: rebuiltMemberships,
  invitation: rebuiltInvitations,
  view: rebuiltViews,
  webhook: rebuiltWebhooks,
  attachment: rebuiltAttachments,
  project: rebuiltProjects,
} satisfies Record<Exclude<Subject, Apart | 'ticket'>, (db: Db, workspace_id: string) => Promise<Rebuilt[]>>;

interface Options {
  /** The logins of requests and of the worker. Only the worker sees which workspaces there are. */
  url: string;
  worker_url: string;
  role: string | undefined;
  statement_timeout_ms: number;
  lock_timeout_ms: number;
}

/** Where it prints what it finds. */
interface Printing {
  found: (line: string) => void;
  progress: (line: string) => void;
}

/** What has been compared so far. */
class Tally {
  entries = 0;
  rows = 0;
  /** How many rows are of version 0.1.0, whose entries don't say everything. */
  partly = 0;
  unlike = 0;
  readonly #printing: Printing;
  readonly #began = performance.now();
  #told = performance.now();

  constructor(printing: Printing) {
    this.#printing = printing;
  }

  get seconds(): number {
    return (performance.now() - this.#began) / 1000;
  }

  add(kind: string, workspace_id: string, all: readonly Rebuilt[]): void {
    for (const { id, entries, whole, unlike } of all) {
      this.rows++;
      this.entries += entries;
      if (!whole) this.partly++;
      if (unlike.length === 0) continue;
      if (++this.unlike <= max_named) {
        for (const says of unlike) this.#printing.found(`${kind} ${id} of workspace ${workspace_id}: ${says}`);
      }
    }
    if (performance.now() - this.#told < progress_ms) return;
    this.#told = performance.now();
    this.#printing.progress(`${this.rows} rows from ${this.entries} entries, ${this.unlike} different …`);
  }
}

/**
 * Rebuilds every workspace's tickets, projects, workflows, memberships, invitations, webhooks, attachments and shared
 * views from the audit log, and compares them with what is stored. It changes nothing, and may run while a server does,
 * because each statement sees one moment. Returns whether all are equal.
 */
export async function checkRebuilt(options: Options, printing: Printing): Promise<boolean> {
  const { url, worker_url, role, statement_timeout_ms, lock_timeout_ms } = options;
  const limits = { max: 1, statement_timeout_ms, lock_timeout_ms, on_error: () => undefined };
  const pool = createPool({ url, role, ...limits });
  const worker = createPool({ url: worker_url, role: worker_user.role, user: worker_user, ...limits });
  const tally = new Tally(printing);
  const read = <T>(workspace_id: string, of: (db: Db) => Promise<T>) => readOnly(pool, { workspace_id }, of);
  try {
    for (let behind = first_id; ; ) {
      const found = await readOnly(worker, {}, (db) => workspacesBehind(db, behind, batch_size));
      for (const id of found) {
        for (const gone of await read(id, (db) => missingRows(db, id))) tally.add(gone.kind, id, [gone]);
        for (const [kind, rebuild] of Object.entries(rebuilders)) {
          tally.add(kind, id, await read(id, (db) => rebuild(db, id)));
        }
        for (let last = first_id; ; ) {
          const tickets = await read(id, (db) => rebuiltTickets(db, id, { behind: last, limit: batch_size }));
          tally.add('ticket', id, tickets);
          last = tickets.at(-1)?.id ?? last;
          if (tickets.length < batch_size) break;
        }
      }
      behind = found.at(-1) ?? behind;
      if (found.length < batch_size) break;
    }
  } finally {
    await Promise.all([pool.end(), worker.end()]);
  }
  const { rows, entries, partly, unlike, seconds } = tally;
  const from_before =
    partly === 0 ? '' : ` The entries of ${partly} rows are of version 0.1.0 and don't say everything.`;
  const says = unlike === 0 ? 'all are equal' : `${unlike} differ from what their entries say`;
  printing.found(`Rebuilt ${rows} rows from ${entries} entries in ${seconds.toFixed(1)} s: ${says}.${from_before}`);
  return unlike === 0;
}
