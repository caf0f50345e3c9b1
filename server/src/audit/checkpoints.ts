import type pg from 'pg';
import type { Logger } from 'pino';
import type { Config } from '../config.ts';
import { readOnly, transaction } from '../db/transaction.ts';
import { frontierOf, rootOf } from '../ledger/merkle.ts';
import { logSigner, type Signer, signedNote, signingKey } from '../ledger/note.ts';
import { dueCheckpoint, insertCheckpoint } from './ledger-queries.ts';

/** Returns the name of a workspace's log, which is the origin of its checkpoints. */
export const originOf = (audit_name: string, workspace_id: string): string => `${audit_name}/log/${workspace_id}`;

/** Signs the checkpoints of all workspaces' logs with the installation's key. */
export class Checkpoints {
  readonly #signerOf: (workspace_id: string) => Signer;
  readonly #pool: pg.Pool;
  readonly #log: Logger;
  readonly #interval_s: number;

  constructor(
    { audit_seed, audit_name, audit_interval_s }: Pick<Config, 'audit_seed' | 'audit_name' | 'audit_interval_s'>,
    { pool, log }: { pool: pg.Pool; log: Logger },
  ) {
    const key = signingKey(audit_seed);
    this.#signerOf = (workspace_id) => logSigner(originOf(audit_name, workspace_id), key);
    this.#pool = pool;
    this.#log = log;
    this.#interval_s = audit_interval_s;
  }

  /** Identifies this installation as a signer. The identifier changes with the installation's name or key. */
  signerOf(workspace_id: string): string {
    const { name, id } = this.#signerOf(workspace_id);
    return `${name}+${id.toString('hex')}`;
  }

  /**
   * Signs a checkpoint if the log has grown since the last one and the interval has passed. The checkpoint is committed
   * before anybody gets it. Returns whether one was signed.
   */
  async signIfDue(workspace_id: string): Promise<boolean> {
    const signer = this.#signerOf(workspace_id);
    const by = this.signerOf(workspace_id);
    const due = await readOnly(this.#pool, { workspace_id, asker: {} }, (db) =>
      dueCheckpoint(db, workspace_id, { signer: by, interval_s: this.#interval_s }),
    );
    if (due === undefined || due.is_recent || due.tree_size <= (due.own_size ?? 0)) return false;
    if (due.tree_size < (due.kept_size ?? 0)) {
      // Anyone who has the larger checkpoint would find that the smaller one contradicts it.
      const { tree_size, kept_size } = due;
      this.#log.error({ workspace_id, tree_size, kept_size }, 'audit log is shorter than its largest checkpoint');
      return false;
    }
    const root = rootOf(frontierOf(due.tree_size, due.frontier));
    const note = signedNote({ origin: signer.name, size: due.tree_size, root }, signer);
    await transaction(this.#pool, { workspace_id }, (tx) => {
      insertCheckpoint(tx, workspace_id, { size: due.tree_size, signer: by, note });
      return Promise.resolve();
    });
    return true;
  }
}
