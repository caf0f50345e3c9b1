import { BatonError } from '../errors.ts';

/**
 * A limit as clients see it, in the fields of draft-ietf-httpapi-ratelimit-headers-11. The names are explained in
 * docs/errors.md, under `rate_limited`.
 */
export interface Limit {
  name: LimitName;
  quota: number;
  /**
   * The seconds after which the quota is available again; absent if the limit is on what is in progress at one time.
   */
  window_s?: number;
}

/** Each limit by name, and the unit that it counts. */
export const limit_units = {
  default: 'requests',
  'sign-up': 'requests',
  'sign-in': 'requests',
  'sign-in-account': 'requests',
  'sign-in-success': 'requests',
  refresh: 'requests',
  'refresh-success': 'requests',
  'password-reset': 'requests',
  'password-reset-mail': 'requests',
  confirmation: 'requests',
  'email-change-mail': 'requests',
  password: 'requests',
  invitation: 'requests',
  'invitation-mail': 'requests',
  'new-workspaces': 'requests',
  read: 'content-bytes',
  written: 'content-bytes',
  'in-progress': 'content-bytes',
  waiting: 'concurrent-requests',
  streams: 'concurrent-requests',
  files: 'concurrent-requests',
  pipelined: 'concurrent-requests',
} as const;

export type LimitName = keyof typeof limit_units;

/** `RateLimit-Policy`: `"default";q=100;w=60`, as RFC 9651 writes a list of one item. */
export function policyField({ name, quota, window_s }: Limit): string {
  const unit = limit_units[name];
  const window = window_s === undefined ? '' : `;w=${window_s}`;
  return `"${name}";q=${Math.floor(quota)}${unit === 'requests' ? '' : `;qu="${unit}"`}${window}`;
}

/** `RateLimit`: `"default";r=50;t=30`. */
export function remainingField(name: LimitName, remaining: number, reset_s: number): string {
  return `"${name}";r=${remaining};t=${reset_s}`;
}

/** The error for a caller who has used up a limit and may retry after that many seconds. */
export function rateLimited(limit: Limit, retry_after_s: number, detail?: string): BatonError {
  const headers = {
    RateLimit: remainingField(limit.name, 0, retry_after_s),
    'RateLimit-Policy': policyField(limit),
  };
  return new BatonError('rate_limited', detail === undefined ? {} : { detail }, { retry_after_s, headers });
}
