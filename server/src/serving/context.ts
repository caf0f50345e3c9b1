import type { Applicant, Caller, SignedIn, Writer } from '../access/authorize.ts';
import type { OperationId, policy } from '../access/policy.ts';
import type { Learnt } from '../db/columns.ts';
import type { Db, Scope, Tx } from '../db/transaction.ts';
import type { Operation, Response } from '../http/contract.ts';
import type { Request } from './request.ts';

/**
 * Runs `work` once the transaction has committed, before the response. It may complete what the handler has returned, with fields
 * that only the database knows before. Then `learnt` has the same fields, for the response that is stored under a key.
 */
export type AfterCommit = (work: () => Promise<void>, learnt?: Learnt) => void;

export type AccessOf<O extends Operation> = O['id'] extends OperationId ? (typeof policy)[O['id']][0] : never;
type IsRead<O extends Operation> = O['method'] extends 'get' ? true : false;

/** A read has a handle that reads, in one snapshot; a write has its transaction. */
type Store<O extends Operation> =
  IsRead<O> extends true
    ? { db: Db }
    : {
        tx: Tx;
        afterCommit: AfterCommit;
      };

/** Admits every operation but the public ones. */
export type NotPublic<O extends Operation> = AccessOf<O> extends 'public' ? never : unknown;

/** API tokens are for the operations of a workspace, and for a few of the account's. */
type CallerOf<O extends Operation> = O['id'] extends OperationId
  ? (typeof policy)[O['id']] extends readonly ['account', 'any token']
    ? Caller
    : SignedIn
  : never;

/**
 * The caller, in the form that the policy table implies. In a workspace, the caller's right is confirmed while the
 * handler runs.
 */
type Who<O extends Operation> =
  AccessOf<O> extends 'account' ? { caller: CallerOf<O> } : IsRead<O> extends true ? Applicant : { writer: Writer };

/** What a handler gets: the request, the caller, and the database. */
export type Context<O extends Operation> = Request<O> & Who<O> & Store<O>;

/** A caller's write, in a transaction with a scope of its own. */
interface OwnWrite {
  tx: Tx;
  /** Confirms the credential and locks it until the commit; without it nothing commits. */
  hold: () => Promise<void>;
}
export type Commit<Result> = (scope: Scope, write: (write: OwnWrite) => Promise<Result>) => Promise<Result>;

/** The same for handlers that choose their own transactions. They make a caller's one write through `commit`. */
export type OwnContext<O extends Operation> = Request<O> &
  (AccessOf<O> extends 'public' ? object : { caller: CallerOf<O>; commit: Commit<Response<O>> });
