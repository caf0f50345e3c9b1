import type { Caller } from '../access/authorize.ts';
import type { Db, Tx } from '../db/transaction.ts';
import type { Answer } from './answer.ts';

/**
 * A write that was sent under an Idempotency-Key. It is kept in the transaction of its effect, so there is an outcome
 * exactly where there is an effect: of what was refused or failed there is none, and it is evaluated anew.
 */
export interface Intent {
  /**
   * Takes the key for this transaction, as its first lock; if another transaction has taken it, this waits. Rejects with
   * `Replayed` where the write has been done, and with `idempotency_key_reused` for anything else under the same key.
   */
  claim: (tx: Tx) => Promise<void>;
  /** Rejects as `claim`, without waiting. */
  recall: (db: Db) => Promise<void>;
  /** Keeps the response and its body's JSON with the transaction. */
  keep: (tx: Tx, answer: Answer, json: Uint8Array | undefined) => void;
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
}

/** Makes the intent of a write from the key it was sent under. */
export type IntentOf = (key: string | string[], asked: AskedFor) => Intent;

/** The write has been done before: this was its response. */
export class Replayed extends Error {
  override name = 'Replayed';
  readonly answer: Answer;

  constructor(answer: Answer) {
    super('The write has been done.');
    this.answer = answer;
  }
}
