import type pg from 'pg';
import { apply, type Caller, personOf } from '../access/authorize.ts';
import { lineOf } from '../access/policy.ts';
import type { Learnt } from '../db/columns.ts';
import { type Db, readOnly, type Tx } from '../db/transaction.ts';
import { BatonError } from '../errors.ts';
import type { Answer } from './answer.ts';

/**
 * A write that was sent under an Idempotency-Key. Its outcome is kept in the transaction of its effect, so there is an
 * outcome exactly if there is an effect. A write that was refused or failed has none, and is evaluated again.
 */
export interface Intent {
  /**
   * Locks the key for this transaction, as its first lock, and waits while another transaction has it. Rejects with
   * `Replayed` if the write has been done, and with `idempotency_key_reused` if the key was used for anything else.
   */
  claim: (tx: Tx) => Promise<void>;
  /** Rejects like `claim`, without waiting. */
  recall: (db: Db) => Promise<void>;
  /**
   * Keeps the response and its body's JSON in the transaction; with `gone`, only that the write was done, and no body.
   * `given` is the workspace that an account's write gives access to. `learnt` are fields of the body that replace those of the JSON.
   */
  keep: (
    tx: Tx,
    answer: Answer,
    json: Uint8Array | 'gone' | undefined,
    more?: { given?: string | undefined; learnt?: Learnt | undefined },
  ) => void;
}

/** What distinguishes one write from another. */
export interface AskedFor {
  caller: Caller;
  method: string;
  /** The path, with its parameters as the contract has read them. */
  path: string;
  /** Everything else that decides what is done. */
  rest: unknown;
  workspace_id: string | undefined;
  /** The only session that may have the response. */
  session_id: string | undefined;
}

/** Creates the intent of a write from the key it was sent under. */
export type IntentOf = (key: string | string[], asked: AskedFor) => Intent;

/** The write has been done before: this was its response. */
export class Replayed extends Error {
  override name = 'Replayed';
  readonly answer: Answer;
  /** The workspace it was done in, or that it gave access to. */
  readonly workspace_id: string | null;

  constructor(answer: Answer, workspace_id: string | null) {
    super('The write has been done.');
    this.answer = answer;
    this.workspace_id = workspace_id;
  }
}

/**
 * Throws the error of an account's write. If the error is the write's first response, and that gave access to a
 * workspace that the caller is no longer in, throws `response_gone` instead. Writes in a workspace check the right
 * before they look for an earlier outcome.
 */
export async function refuseWhatIsLost(pool: pg.Pool, caller: Caller, error: unknown): Promise<never> {
  if (!(error instanceof Replayed) || error.workspace_id === null) throw error;
  const { workspace_id } = error;
  const scope = { workspace_id, user_id: personOf(caller) };
  await readOnly(pool, scope, (db) => apply(db, caller, lineOf('get_workspace'), workspace_id).actor).catch(
    (refusal: unknown) => {
      const is_lost = refusal instanceof BatonError && refusal.code === 'not_found';
      throw is_lost ? new BatonError('response_gone') : refusal;
    },
  );
  throw error;
}
