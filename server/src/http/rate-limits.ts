import type pg from 'pg';
import type { Config } from '../config.ts';
import type { Tx } from '../db/transaction.ts';
import { BatonError, type ErrorCode } from '../errors.ts';
import type { LimitName } from '../lib/limit.ts';
import { createMailLimits, type MailLimits, mails_an_address } from './mail-limits.ts';
import { networkOf } from './networks.ts';
import { type Bucket, Counters, networkBuckets } from './rate-limit-store.ts';

/** A request for something that is limited. */
export interface Asking {
  ip: string;
  /** The caller, whose token was verified; undefined in a public operation. */
  user_id: string | undefined;
  session_id: string | undefined;
  body: unknown;
}

/** Runs an operation within its limit. If the limit is used up, throws `rate_limited` instead. */
export type Guard = <T>(asking: Asking, work: () => Promise<T>) => Promise<T>;

export interface RateLimits {
  /** The limit of an operation that could serve to guess secrets or to sign up repeatedly. */
  guardOf: (operation_id: string) => Guard | undefined;
  /** Remembers that the account was used in this network, so that guesses from elsewhere don't lock it out there. */
  noteKnown: (email: string, from: { ip: string }) => Promise<void>;
  mails: MailLimits;
  /**
   * Counts a new workspace for its account, in the transaction that creates it. A workspace leaves rows permanently,
   * even after its deletion, and the quota counts only existing ones. This limit counts all that the account has
   * created within a day, including those it has deleted or left. Throws `rate_limited`.
   */
  countNewWorkspace: (tx: Tx, user_id: string) => Promise<void>;
}

/** The window of all limits on authentication. */
export const auth_window_s = 15 * 60;
const known_for_days = 90;
/** The window in which new workspaces are counted. */
const day_s = 86_400;
const no_limit = Number.MAX_SAFE_INTEGER;

/** Decides whether an outcome stays counted, given the error of a refusal, or undefined for a success. */
type Counts = (error: unknown) => boolean;

const refusedBy =
  (...codes: ErrorCode[]): Counts =>
  (error) =>
    error instanceof BatonError && codes.includes(error.code);

/**
 * Counts an attempt before its outcome is known, and takes the count back if that outcome doesn't count. Counting
 * afterwards would let any number of simultaneous guesses through. So if more attempts than the limit come at the same
 * moment, correct ones may be refused, too. An attempt that one bucket refuses is counted in none.
 */
async function counted<T>(counters: Counters, buckets: readonly Bucket[], counts: Counts, work: () => Promise<T>) {
  const hits: Awaited<ReturnType<Counters['take']>>[] = [];
  // If this fails, the attempt stays counted until the window ends.
  const takeBack = () => Promise.all(hits.map((hit) => counters.giveBack(hit).catch(() => undefined)));
  try {
    for (const bucket of buckets) hits.push(await counters.take(bucket));
  } catch (error) {
    await takeBack(); // otherwise refused attempts would use up the other buckets
    throw error;
  }
  let result: T;
  try {
    result = await work();
  } catch (error) {
    if (!counts(error)) await takeBack();
    throw error;
  }
  if (!counts(undefined)) await takeBack();
  return result;
}

const placeOf = (email: string, { ip }: { ip: string }) => `${email} ${networkOf(ip)}`;

/** Remembers that the account was used in this network. If this fails, the next sign-in writes it. */
function noteKnown(counters: Counters, email: string, from: { ip: string }): Promise<void> {
  return counters.note(placeOf(email, from), { days: known_for_days }).catch(() => undefined);
}

/**
 * Counts failed sign-ins for the network and for the account, whether the account exists or not, so that a refusal
 * reveals nothing. An account in a network where it was used before has a separate counter instead of these two. So
 * neither guesses from elsewhere nor failures of others in that network lock the owner out there (docs/decisions/0012).
 */
function guardSignIn(config: Config, all: Counters): Guard {
  const limit = config.auth_limit_per_account;
  return async (asking, work) => {
    const counters = all.of(asking);
    const { email } = asking.body as { email: string };
    const here = placeOf(email, asking);
    const known = await counters.noted(here);
    // Both cases send equally many statements, so that the time reveals nothing. For a known account the networks have
    // no limit.
    const buckets = [
      ...(known
        ? networkBuckets('sign-in', asking, no_limit, 'sign-in, known')
        : networkBuckets('sign-in', asking, config.auth_limit_per_address)),
      {
        name: 'sign-in-account' as const,
        kind: known ? 'sign-in here' : 'sign-in of account',
        key: known ? here : email,
        limit,
      },
    ];
    const result = await counted(counters, buckets, refusedBy('invalid_credentials'), work);
    await noteKnown(counters, email, asking);
    return result;
  };
}

/** Counts sign-ups whether they succeed or not. After a success, the account is known in this network. */
function guardSignUp(config: Config, all: Counters): Guard {
  const counts: Counts = (error) => error === undefined || refusedBy('email_taken', 'invitation_required')(error);
  return async (asking, work) => {
    const counters = all.of(asking);
    const { email } = asking.body as { email: string };
    const buckets = networkBuckets('sign-up', asking, config.auth_limit_per_address);
    const result = await counted(counters, buckets, counts, work);
    await noteKnown(counters, email, asking);
    return result;
  };
}

/**
 * Counts failures after the outcome, since nobody guesses 256 bits. So a correct token is accepted even when the limit
 * is used up, and a retry under an idempotency key gets its first response.
 */
function guardToken(
  bucketsOf: (asking: Asking) => Bucket[],
  isFailure: (error: unknown, asking: Asking) => boolean,
  counters: Counters,
): Guard {
  return async (asking, work) => {
    try {
      return await work();
    } catch (error) {
      if (!isFailure(error, asking)) throw error;
      for (const bucket of bucketsOf(asking)) await counters.of(asking).take(bucket);
      throw error;
    }
  };
}

const sessionBucket = (name: LimitName, { session_id }: Asking, config: Config): Bucket => {
  return { name, kind: name, key: session_id ?? '', limit: config.auth_limit_per_account };
};

/**
 * Counts failures of a signed-in caller for their session alone, not for their network. A new session takes the
 * password, so this allows no faster guessing. And somebody who has stolen a session can't lock the owner out of other
 * sessions.
 */
function guardSession(name: LimitName, counts: Counts, config: Config, counters: Counters): Guard {
  return async (asking, work) => counted(counters.of(asking), [sessionBucket(name, asking, config)], counts, work);
}

/**
 * Creates the limits on authentication, mails and new workspaces. They are counted in the database, for all processes
 * together.
 */
export function createRateLimits(config: Config, pool: pg.Pool): RateLimits {
  const counters = new Counters(pool, auth_window_s);
  // Another password under a used idempotency key is a guess, too: without bcrypt, the response tells whether it is the
  // first one.
  const wrong = refusedBy('invalid_credentials', 'idempotency_key_reused');
  const guardPassword = guardSession('password', wrong, config, counters);
  const ofNetwork = (name: LimitName) => (asking: Asking) =>
    networkBuckets(name, asking, config.auth_limit_per_address);
  // A page without a cookie that checks whether somebody is signed in guesses nothing.
  const guessedRefresh = (error: unknown, { body }: Asking) =>
    refusedBy('invalid_refresh_token')(error) && (body as { refresh_token?: string }).refresh_token !== undefined;
  const ofInvitation = (asking: Asking) => [sessionBucket('invitation', asking, config)];
  const by_day = new Counters(pool, day_s);
  const guards: Record<string, Guard> = {
    register: guardSignUp(config, counters),
    login: guardSignIn(config, counters),
    // Failed refreshes count for the network; successes count for their session (accounts/sign-in.ts).
    refresh: guardToken(ofNetwork('refresh'), guessedRefresh, counters),
    reset_password: guardToken(ofNetwork('password-reset'), refusedBy('invalid_reset_token'), counters),
    // Limits the mails to each address, whoever asks for them, and whether the account exists or not.
    request_password_reset: (asking, work) => {
      const { email } = asking.body as { email: string };
      const name = 'password-reset-mail' as const;
      const buckets = networkBuckets(name, asking, config.auth_limit_per_address);
      const address = { name, kind: 'password-reset-mail to', key: email, limit: mails_an_address };
      return counted(counters.of(asking), [...buckets, address], (error) => error === undefined, work);
    },
    change_password: guardPassword,
    request_email_change: guardPassword,
    confirm_email: guardToken(ofNetwork('confirmation'), refusedBy('invalid_confirmation_token'), counters),
    accept_invitation: guardToken(ofInvitation, refusedBy('not_found'), counters),
  };
  return {
    guardOf: (operation_id) => guards[operation_id],
    noteKnown: (email, from) => noteKnown(counters.of(from), email, from),
    mails: createMailLimits(config, counters),
    countNewWorkspace: (tx, user_id) => {
      const name = 'new-workspaces' as const;
      return by_day.takeIn(tx, { name, kind: name, key: user_id, limit: config.new_workspaces_per_day });
    },
  };
}
