export {
  type BatonClient,
  type ClientOptions,
  type CookieClientOptions,
  type CookieTokens,
  createClient,
  type TokenPair,
} from './client.ts';
export { BatonApiError, type ClientCode, type ProblemCode, type ProblemOf, type RawResponse } from './errors.ts';
export type * from './generated.ts';
export type { CallOptions, Input, OperationId, Output } from './types.ts';
