import type pg from 'pg';
import { apply, type Caller, personOf } from '../access/authorize.ts';
import { lineOf } from '../access/policy.ts';
import { type Db, readOnly, type Tx } from '../db/transaction.ts';
import { BatonError } from '../errors.ts';
import type { Answer } from './answer.ts';

/**
 * A write that was sent under an Idempotency-Key. It is kept in the transaction of its effect, so there is an outcome
 * exactly where there is an effect. A write that was refused or failed has none, and is evaluated anew.
 */
export interface Intent {
  /**
   * Takes the key for this transaction, as its first lock; if another transaction has taken it, this waits. Rejects with
   * `Replayed` where the write has been done, and with `idempotency_key_reused` for anything else under the same key.
   */
  claim: (tx: Tx) => Promise<void>;
  /** Rejects as `claim`, without waiting. */
  recall: (db: Db) => Promise<void>;
  /**
   * Keeps the response and its body's JSON with the transaction; `gone`: that it was done, and no body. `given`: the
   * workspace that an account's write gives.
   */
  keep: (tx: Tx, answer: Answer, json: Uint8Array | 'gone' | undefined, given?: string) => void;
}

/** What a write asks for, in so far as it tells one from another. */
export interface AskedFor {
  caller: Caller;
  method: string;
  /** With its parameters as the contract has read them. */
  path: string;
  /** All else that decides what is done. */
  rest: unknown;
  workspace_id: string | undefined;
  /** The session that alone may have the response. */
  session_id: string | undefined;
}

/** Makes the intent of a write from the key it was sent under. */
export type IntentOf = (key: string | string[], asked: AskedFor) => Intent;

/** The write has been done before: this was its response. */
export class Replayed extends Error {
  override name = 'Replayed';
  readonly answer: Answer;
  /** The workspace it was done in, or that it gave. */
  readonly workspace_id: string | null;

  constructor(answer: Answer, workspace_id: string | null) {
    super('The write has been done.');
    this.answer = answer;
    this.workspace_id = workspace_id;
  }
}

/**
 * Throws the error of an account's write. Where that is its first response, and gave a workspace that the caller is no longer
 * in, throws `response_gone` instead. A workspace's own writes ask for the right before they look for what was done.
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
