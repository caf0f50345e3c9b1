import type { Applicant, Caller, SignedIn, Writer } from '../access/authorize.ts';
import type { OperationId, policy } from '../access/policy.ts';
import type { Db, Scope, Tx } from '../db/transaction.ts';
import type { Operation, Response } from '../http/contract.ts';
import type { Request } from './request.ts';

/** Does something once a transaction has committed. */
export type AfterCommit = (work: () => Promise<void>) => void;

export type AccessOf<O extends Operation> = O['id'] extends OperationId ? (typeof policy)[O['id']][0] : never;
type IsRead<O extends Operation> = O['method'] extends 'get' ? true : false;

/** A read has a handle that reads, in one snapshot; a write has its transaction. */
type Store<O extends Operation> =
  IsRead<O> extends true
    ? { db: Db }
    : {
        tx: Tx;
        /** Does something once this has committed, before the response. */
        afterCommit: AfterCommit;
      };

/** An operation that isn't for anybody. */
export type NotPublic<O extends Operation> = AccessOf<O> extends 'public' ? never : unknown;

/** Tokens are for a workspace's operations, and for a few of the account's. */
type CallerOf<O extends Operation> = O['id'] extends OperationId
  ? (typeof policy)[O['id']] extends readonly ['account', 'any token']
    ? Caller
    : SignedIn
  : never;

/** The caller, in the form that the policy table implies: for an operation in a workspace, one who is confirmed at the same time. */
type Who<O extends Operation> =
  AccessOf<O> extends 'account' ? { caller: CallerOf<O> } : IsRead<O> extends true ? Applicant : { writer: Writer };

/** What a handler gets: the request, who asks, and the database. */
export type Context<O extends Operation> = Request<O> & Who<O> & Store<O>;

/** A caller's write, in a transaction of its own scope. */
interface OwnWrite {
  tx: Tx;
  /** Confirms the credential and locks it until the commit; without it nothing commits. */
  hold: () => Promise<void>;
}
export type Commit<Result> = (scope: Scope, write: (write: OwnWrite) => Promise<Result>) => Promise<Result>;

/** The same for those that choose their own transactions. A caller's one write goes through `commit`. */
export type OwnContext<O extends Operation> = Request<O> &
  (AccessOf<O> extends 'public' ? object : { caller: CallerOf<O>; commit: Commit<Response<O>> });
