import pg from 'pg';
import type { DatabaseConfig } from '../config.ts';
import { settingsOf, startupOptions } from '../db/pool.ts';
import { BatonError } from '../errors.ts';
import { line } from '../http/contract.ts';
import { faultsOf } from '../http/faults.ts';
import { email as address } from './contract.ts';
import { addUser, changeEmail, disableUser, enableUser, failedWhileDisabled, offerPasswordReset } from './operator.ts';

/** What an operator's command did, or why it didn't. */
export interface Outcome {
  done: boolean;
  /** A message for a person. */
  says: string;
  /** Output for a program, if there is any: a token. */
  gives?: string;
}

type Settings = Pick<DatabaseConfig, 'password_reset_ttl_s' | 'statement_timeout_ms' | 'lock_timeout_ms'>;

export interface AccountVerb {
  usage: string;
  does: string;
  /** Runs the command with the arguments of the command line. */
  run: (pool: pg.Pool, args: string[], settings: Settings) => Promise<Outcome>;
}

function offered(email: string, token: string, ttl_s: number): Outcome {
  const minutes = Math.floor(ttl_s / 60);
  const how = 'POST /v1/auth/reset-password {"token": "…", "new_password": "…"}';
  return {
    done: true,
    says: `One-time token to set the password of ${email}, valid for ${minutes} minutes: ${how}`,
    gives: token,
  };
}

const unknown = (email: string): Outcome => ({ done: false, says: `There is no account ${email}.` });
const taken = (email: string): Outcome => ({ done: false, says: `There is an account ${email} already.` });

/** Runs work that may find an address taken, and turns that error into an outcome. */
async function unlessTaken(email: string, work: () => Promise<Outcome>): Promise<Outcome> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof BatonError && error.code === 'email_taken') return taken(email);
    throw error;
  }
}

/** The operator's commands for accounts. */
export const account_verbs: Record<string, AccountVerb> = {
  'add-user': {
    usage: 'EMAIL NAME',
    does: 'create an account, and print a one-time token to set its password',
    run: (pool, [email = '', name = ''], { password_reset_ttl_s: ttl_s }) =>
      unlessTaken(email, async () => {
        return offered(email, await addUser(pool, { email, name, ttl_s }), ttl_s);
      }),
  },
  'reset-password': {
    usage: 'EMAIL',
    does: 'print a one-time token to set a new password; sessions end when it is used',
    run: async (pool, [email = ''], { password_reset_ttl_s: ttl_s }) => {
      const token = await offerPasswordReset(pool, email, ttl_s);
      if (token === undefined) return { done: false, says: `There is no account ${email}, or it is disabled.` };
      return offered(email, token, ttl_s);
    },
  },
  'disable-user': {
    usage: 'EMAIL',
    does: 'end all sessions and open invitations of an account, and refuse it from its next request on',
    run: async (pool, [email = '']) =>
      (await disableUser(pool, email))
        ? { done: true, says: `Disabled ${email}.` }
        : { done: false, says: `There is no account ${email}, or it is disabled already.` },
  },
  'enable-user': {
    usage: 'EMAIL',
    does: 'let a disabled account sign in again',
    run: async (pool, [email = '']) => {
      const failures = await failedWhileDisabled(pool, email);
      if (!(await enableUser(pool, email))) {
        return { done: false, says: `There is no account ${email}, or it isn't disabled.` };
      }
      const tried = failures === 1 ? '1 sign-in has' : `${failures} sign-ins have`;
      const told = failures === 0 ? '' : ` ${tried} failed since the hour in which it was disabled.`;
      return { done: true, says: `Enabled ${email}.${told}` };
    },
  },
  'change-email': {
    usage: 'EMAIL NEW_EMAIL',
    does: 'give an account another e-mail address',
    run: (pool, [from = '', to = '']) =>
      unlessTaken(to, async () => {
        if (from === to) return { done: false, says: `The two addresses are the same: ${to}.` };
        const changed = await changeEmail(pool, { from, to });
        return changed ? { done: true, says: `${from} is now ${to}.` } : unknown(from);
      }),
  },
};

const too_late =
  'A row stayed locked for longer than BATON_LOCK_TIMEOUT_MS, or a statement took longer than ' +
  'BATON_STATEMENT_TIMEOUT_MS. Run the command again.';

/** Returns the arguments in the form in which accounts store them, or a message about the first that is invalid. */
function readArguments({ usage }: AccountVerb, args: readonly string[]): string[] | { unusable: string } {
  const read: string[] = [];
  for (const [index, name] of usage.split(' ').entries()) {
    const given = args[index] ?? '';
    // Node puts U+FFFD in place of bytes that are not UTF-8, so the name would be stored without its letters.
    if (given.includes('\ufffd')) return { unusable: `${name} is not in UTF-8. Use a terminal with a UTF-8 locale.` };
    const parsed = (name.endsWith('EMAIL') ? address : line(200)).safeParse(given);
    if (!parsed.success) {
      const [{ detail } = { detail: '' }] = faultsOf(parsed.error, 'body');
      return { unusable: `${JSON.stringify(given)} can't be used as ${name}. ${detail}` };
    }
    read.push(parsed.data);
  }
  return read;
}

/** Runs a command on the database of this URL. */
export async function runAccountVerb(
  verb: AccountVerb,
  url: string,
  args: readonly string[],
  settings: Settings,
): Promise<Outcome> {
  const read = readArguments(verb, args);
  if ('unusable' in read) return { done: false, says: read.unusable };
  const config: pg.PoolConfig & { pipeline: boolean } = {
    connectionString: url,
    max: 1,
    application_name: 'baton',
    pipeline: true,
    options: startupOptions(settingsOf(settings)),
  };
  const pool = new pg.Pool(config);
  // The statement in progress rejects. Without the second listener, an error of its connection would end the process.
  pool.on('error', () => undefined);
  pool.on('connect', (client) => client.on('error', () => undefined));
  try {
    return await verb.run(pool, read, settings);
  } catch (error) {
    if (error instanceof BatonError && error.code === 'overloaded') return { done: false, says: too_late };
    const { code } = error as { code?: string };
    if (code !== '42P01' && code !== '42703') throw error; // a table or column that isn't there
    return { done: false, says: 'The schema is not up to date. Run npm run migrate first.' };
  } finally {
    await pool.end();
  }
}
