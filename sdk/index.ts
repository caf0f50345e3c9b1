export { BatonApiError, type BatonClient, type ClientOptions, createClient, type RawResponse } from './client.ts';
export type * from './generated.ts';
