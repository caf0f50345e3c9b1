import { z } from 'zod';
import { id, timestamp } from '../http/contract.ts';

/** The meaning and the details of one kind of entry in an account's audit log. */
export interface AccountFact {
  /** What happened, in a sentence. */
  says: string;
  detail?: z.ZodObject;
  /** Whether one entry counts everything of this kind that happens within an hour. */
  hourly?: true;
}

const ended = z.strictObject({ sessions_ended: z.int() });
const session = z.strictObject({ session_id: id });
const failures = z.strictObject({ failures: z.int(), last_at: timestamp });
const replaced = z.strictObject({ from: z.string(), to: z.string() });

/** Everything that an account's audit log records, with the details of each kind of entry. */
export const account_facts = {
  registered: { says: 'The account was created.' },
  name_changed: { says: 'The name was changed.', detail: replaced },
  logged_in: { says: 'Somebody signed in.' },
  logged_out: { says: 'A session was signed out.', detail: session },
  session_revoked: { says: 'A session was revoked.', detail: session },
  password_changed: { says: 'The password was changed.', detail: ended },
  password_reset: { says: 'A new password was set with a one-time token.', detail: ended },
  sign_in_failed: {
    says: 'Sign-ins with a wrong password, or while the account was disabled.',
    hourly: true,
    detail: failures,
  },
  password_change_failed: {
    says: 'Password changes with a wrong current password.',
    hourly: true,
    detail: failures,
  },
  account_added: { says: 'The operator created the account.' },
  account_disabled: { says: 'The operator disabled the account, which ended its sessions.', detail: ended },
  account_enabled: { says: 'The operator enabled the account again.' },
  email_change_requested: {
    says: 'A mail was sent to an e-mail address, to confirm it as the account’s.',
    detail: z.strictObject({ to: z.string() }),
  },
  email_confirmed: {
    says: 'The e-mail address was confirmed with the token of a mail to it.',
    detail: z.strictObject({ email: z.string() }),
  },
  email_changed: {
    says: 'The e-mail address was changed, by the operator or with the token of a mail to it.',
    detail: replaced,
  },
  email_change_failed: {
    says: 'Changes of the e-mail address with a wrong password.',
    hourly: true,
    detail: failures,
  },
  password_reset_offered: { says: 'The operator created a one-time token to set a new password.' },
  password_reset_mailed: {
    says: 'Somebody had one-time tokens to set a new password sent to the account’s address.',
    hourly: true,
    // Partial, because before migration 0028 each mail had its own entry without details.
    detail: z.strictObject({ mails: z.int(), last_at: timestamp }).partial(),
  },
  refresh_token_reused: {
    says: 'A used refresh token was sent again, which ended its session.',
    detail: session,
  },
} as const satisfies Record<string, AccountFact>;

export type AccountAction = keyof typeof account_facts;

type Facts = typeof account_facts;

/** Returns what an action means, and for a counted action, which details its entry has. */
export function meaningOf(action: AccountAction): string {
  const { says, hourly, detail }: AccountFact = account_facts[action];
  if (hourly === undefined) return says;
  const fields = Object.keys(detail?.shape ?? {}).map((field) => `\`${field}\``);
  return `${says} One entry an hour; \`detail\` has ${fields.join(' and ')}.`;
}

/** The actions that are counted in one entry an hour. */
export type HourlyAction = {
  [A in AccountAction]: Facts[A] extends { hourly: true } ? A : never;
}[AccountAction];

/** An entry with its details: of one action, by default of any that isn't counted. */
export type AccountEntry<A extends AccountAction = Exclude<AccountAction, HourlyAction>> = A extends AccountAction
  ? { action: A } & (Facts[A] extends { detail: infer Shape extends z.ZodType }
      ? { detail: z.input<Shape> }
      : { detail?: never })
  : never;
