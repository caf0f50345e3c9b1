import type pg from 'pg';
import type { Config } from '../config.ts';
import type { Tx } from '../db/transaction.ts';
import { BatonError, type ErrorCode } from '../errors.ts';
import type { LimitName } from '../lib/limit.ts';
import { createMailLimits, type MailLimits, mails_an_address } from './mail-limits.ts';
import { networkOf } from './networks.ts';
import { type Bucket, Counters, networkBuckets } from './rate-limit-store.ts';

/** Who asks for something that is limited, and what for. */
export interface Asking {
  ip: string;
  /** Of the caller whose token was verified; undefined where anybody may ask. */
  user_id: string | undefined;
  session_id: string | undefined;
  body: unknown;
}

/** Runs what an operation does, within its limit. Throws `rate_limited` instead when that is used up. */
export type Guard = <T>(asking: Asking, work: () => Promise<T>) => Promise<T>;

export interface RateLimits {
  /** The limit of an operation by which somebody could guess, or sign up again and again. */
  guardOf: (operation_id: string) => Guard | undefined;
  /** Notes that the account was used in this network: guesses from elsewhere don't keep it out of there. */
  noteKnown: (email: string, from: { ip: string }) => Promise<void>;
  mails: MailLimits;
  /**
   * Counts a new workspace for its account, in the transaction that creates it. Each leaves rows permanently, deleted or not, and the quota
   * counts those that are there alone: this counts all of a day, also where the account has left them since. Throws `rate_limited`.
   */
  countNewWorkspace: (tx: Tx, user_id: string) => Promise<void>;
}

/** The window of all limits on authentication. */
export const auth_window_s = 15 * 60;
const known_for_days = 90;
/** The window in which new workspaces are counted. */
const day_s = 86_400;
const no_limit = Number.MAX_SAFE_INTEGER;

/** Whether an outcome stays counted: of a refusal the error, of a success undefined. */
type Counts = (error: unknown) => boolean;

const refusedBy =
  (...codes: ErrorCode[]): Counts =>
  (error) =>
    error instanceof BatonError && codes.includes(error.code);

/**
 * Counts before the outcome is known and takes back what doesn't count: the other way round, as many guesses as fit
 * into one moment would get through. So more attempts at the same moment than the limit may be refused although they
 * are right. What one bucket refuses is counted in none.
 */
async function counted<T>(counters: Counters, buckets: readonly Bucket[], counts: Counts, work: () => Promise<T>) {
  const hits: Awaited<ReturnType<Counters['take']>>[] = [];
  // Should it be lost, the attempt stays counted until the window ends.
  const takeBack = () => Promise.all(hits.map((hit) => counters.giveBack(hit).catch(() => undefined)));
  try {
    for (const bucket of buckets) hits.push(await counters.take(bucket));
  } catch (error) {
    await takeBack(); // or who has used up the one would use up the others, without having done anything
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

/** Notes that the account was used in this network. Should the note be lost, the next sign-in makes it. */
function noteKnown(counters: Counters, email: string, from: { ip: string }): Promise<void> {
  return counters.note(placeOf(email, from), { days: known_for_days }).catch(() => undefined);
}

/**
 * Failed sign-ins count for the network and for the account, whether the account exists or not, so that being throttled
 * tells nothing. The account in a network where it was used before has a counter of its own, and neither of these: the
 * guesses of the world and the mistakes of the neighbours keep nobody out of a place where they were before
 * (docs/decisions/0012).
 */
function guardSignIn(config: Config, all: Counters): Guard {
  const limit = config.auth_limit_per_account;
  return async (asking, work) => {
    const counters = all.of(asking);
    const { email } = asking.body as { email: string };
    const here = placeOf(email, asking);
    const known = await counters.noted(here);
    // As many statements for one as for the other, so that the time tells nothing: the known one’s networks have no limit.
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

/** Sign-ups count whether they succeed or not. Where one succeeds, the account is known from then on. */
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
 * Failures count after the outcome: nobody guesses 256 bits, so a token that is right is accepted whatever else was sent, and what was done
 * before under its key gets its first response.
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
 * Failures of somebody whose token was verified count for their session alone, not for their neighbours. It takes the
 * password to begin another, so nobody guesses it faster; and who has stolen one keeps the owner, in theirs, from nothing.
 */
function guardSession(name: LimitName, counts: Counts, config: Config, counters: Counters): Guard {
  return async (asking, work) => counted(counters.of(asking), [sessionBucket(name, asking, config)], counts, work);
}

/** The limits of this process; those of authentication are counted in the database, for all processes together. */
export function createRateLimits(config: Config, pool: pg.Pool): RateLimits {
  const counters = new Counters(pool, auth_window_s);
  const guardOneTimeToken: Guard = (asking, work) => {
    const buckets = networkBuckets('password-reset', asking, config.auth_limit_per_address);
    const guessed = refusedBy('invalid_reset_token', 'invalid_confirmation_token');
    return counted(counters.of(asking), buckets, guessed, work);
  };
  // Other passwords under a key that was used are guesses as well: without bcrypt, the response tells which were right.
  const wrong = refusedBy('invalid_credentials', 'idempotency_key_reused');
  const guardPassword = guardSession('password', wrong, config, counters);
  // Failed refreshes count for the network; successes count for their session (accounts/sign-in.ts).
  const ofRefresh = (asking: Asking) => networkBuckets('refresh', asking, config.auth_limit_per_address);
  // A page that looks whether somebody is signed in, and has no cookie, guesses nothing.
  const guessedRefresh = (error: unknown, { body }: Asking) =>
    refusedBy('invalid_refresh_token')(error) && (body as { refresh_token?: string }).refresh_token !== undefined;
  const ofInvitation = (asking: Asking) => [sessionBucket('invitation', asking, config)];
  const by_day = new Counters(pool, day_s);
  const guards: Record<string, Guard> = {
    register: guardSignUp(config, counters),
    login: guardSignIn(config, counters),
    refresh: guardToken(ofRefresh, guessedRefresh, counters),
    reset_password: guardOneTimeToken,
    // Whether there is such an account or not: each address gets no more mails than this, whoever asks for them.
    request_password_reset: (asking, work) => {
      const { email } = asking.body as { email: string };
      const name = 'password-reset-mail' as const;
      const buckets = networkBuckets(name, asking, config.auth_limit_per_address);
      const address = { name, kind: 'password-reset-mail to', key: email, limit: mails_an_address };
      return counted(counters.of(asking), [...buckets, address], (error) => error === undefined, work);
    },
    change_password: guardPassword,
    request_email_change: guardPassword,
    confirm_email: guardOneTimeToken,
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
