import { type CookieClientOptions, createClient } from 'baton-sdk';
import { watchedFetch } from './answering.ts';

export type ResponseListener = NonNullable<CookieClientOptions['on_response']>;

/** Called with every response of the API. */
export const responses = new Set<ResponseListener>();

/** Called before a renewed access token is used. Throws if it must not be used. */
export const renewals = new Set<() => void>();

/** The one client of the API, for the whole page. Only `api/` uses it. */
export const client = createClient({
  base_url: location.origin,
  keep: 'cookie',
  // Fewer retries than the default: the person is told why the page waits, and can try again.
  retries: 2,
  fetch: watchedFetch,
  on_tokens: () => {
    for (const check of renewals) check();
  },
  on_response: (...given) => {
    for (const listener of responses) listener(...given);
  },
});
