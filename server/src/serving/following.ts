import type { Caller } from '../access/authorize.ts';
import type { Operation, Query, Response } from '../http/contract.ts';
import type { Request } from './request.ts';

/**
 * A request in a workspace, and a function that reads again: in a new snapshot, which confirms the credential and the
 * right.
 */
export type Asked<O extends Operation> = Request<O> & {
  workspace_id: string;
  caller: Caller;
  read: (query: Query<O>) => Promise<Response<O>>;
};

/** How a read continues after its first result. It has no database connection while it waits. */
export interface Following<O extends Operation> {
  /**
   * Makes a stream's first read wait for its turn: many clients reconnect at once, and one that is refused may not come
   * again.
   */
  turn?: (user_id: string, read: () => Promise<Response<O>>) => Promise<Response<O>>;
  /** Returns the result to respond with. */
  poll: (first: Response<O>, asked: Asked<O>) => Promise<Response<O>>;
  /** Returns server-sent events, for a client that asks for them. */
  stream?: (first: Response<O>, asked: Asked<O>) => AsyncIterable<string>;
}
