export {
  BatonApiError,
  type BatonClient,
  BatonConnectionError,
  BatonResponseError,
  type ClientOptions,
  createClient,
  type RawResponse,
} from './client.ts';
export type * from './generated.ts';
