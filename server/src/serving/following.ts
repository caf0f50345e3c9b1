import type { Caller } from '../access/authorize.ts';
import type { Operation, Query, Response } from '../http/contract.ts';
import type { Request } from './request.ts';

/** A request in a workspace, and how to read again: with its credential and its right, in a snapshot of its own. */
export type Asked<O extends Operation> = Request<O> & {
  workspace_id: string;
  caller: Caller;
  read: (query: Query<O>) => Promise<Response<O>>;
};

/** How a read goes on after its first result. It has no connection to the database while it waits. */
export interface Following<O extends Operation> {
  /** Has a stream's first read wait for its turn: many come back at once, and one that is refused may not come again. */
  turn?: (user_id: string, read: () => Promise<Response<O>>) => Promise<Response<O>>;
  /** Gives what to respond with. */
  poll: (first: Response<O>, asked: Asked<O>) => Promise<Response<O>>;
  /** Gives server-sent events, to a client that asks for them. */
  stream?: (first: Response<O>, asked: Asked<O>) => AsyncIterable<string>;
}
