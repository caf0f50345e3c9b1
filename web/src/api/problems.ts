import { BatonApiError, type ClientCode, type ProblemCode, type ProblemOf } from 'baton-sdk';
import { t } from '../ui/text.ts';
import { quotaName, roleNames } from './words.ts';

/** What a person can do about a problem, as one button. */
export type Remedy = 'try_again' | 'reload' | 'sign_in' | 'register' | 'ask_for_mail';

/** What a person sees of a problem. */
export interface Shown {
  title: string;
  detail: string;
  remedy?: Remedy;
}

const show = (title: string, detail: string, remedy?: Remedy): Shown => ({
  title,
  detail,
  ...(remedy !== undefined && { remedy }),
});

/** A problem that the console itself caused. The server's log has the request under its id. */
const ours = (title: string) =>
  show(
    title,
    t('This is a fault of the page. Nothing was changed. Reload it, and report it if it happens again.'),
    'reload',
  );

const changed = () =>
  show(
    t('It was changed in the meantime'),
    t('Somebody else changed it after you opened it. Look at it as it is now, and decide again.'),
    'try_again',
  );

const busy = () => show(t('The server is busy'), t('Nothing was changed. Try again in a moment.'), 'try_again');

/** What to show for each problem code: what is wrong, and what to do about it. The compiler reports a missing code. */
const problems = {
  malformed_json: () => ours(t('The server could not read the request')),
  malformed_request: () => ours(t('The server could not read the request')),
  idempotency_key_unsupported: () => ours(t('The server could not read the request')),
  invalid_cursor: () => show(t('The list can’t go on from here'), t('Load it again from its beginning.'), 'try_again'),
  invalid_offset: () =>
    show(t('The page can’t catch up with the latest changes'), t('Reload the page to see how things are.'), 'reload'),
  unauthenticated: () => show(t('You are not signed in'), t('Sign in, and do it again.'), 'sign_in'),
  invalid_token: () => show(t('You are not signed in any more'), t('Sign in, and do it again.'), 'sign_in'),
  session_ended: () =>
    show(t('Your session has ended'), t('It was signed out, or the account was disabled. Sign in again.'), 'sign_in'),
  invalid_credentials: () =>
    show(t('Address or password is wrong'), t('Check both. After several failures, wait a few minutes.')),
  invalid_reset_token: () =>
    show(
      t('This link is not valid any more'),
      t('It was used, or it has expired. Ask for another mail.'),
      'ask_for_mail',
    ),
  invalid_confirmation_token: () =>
    show(
      t('This link is not valid any more'),
      t('It was used, it has expired, or your account has changed since. Sign in, and ask for another mail.'),
      'sign_in',
    ),
  invalid_refresh_token: () => show(t('Your session has ended'), t('Sign in again.'), 'sign_in'),
  registration_closed: () =>
    show(t('Registration is closed'), t('The people who run this server create its accounts. Ask them for one.')),
  mail_not_configured: () =>
    show(
      t('This server sends no mail'),
      t('Ask the people who run it: they can set a new password or another address for you.'),
    ),
  attachments_not_configured: () =>
    show(t('This server keeps no attachments'), t('Ask the people who run it to name a folder for them.')),
  invitation_required: () =>
    show(
      t('Registration needs an invitation'),
      t(
        'Open the link of an invitation that was sent to this address. If you have, it was used or revoked, or it has expired.',
      ),
    ),
  forbidden: ({ role, required }) =>
    role === undefined || required === undefined || required.length === 0
      ? show(t('You may not do this'), t('Ask an admin or owner of the workspace.'))
      : show(
          t('You may not do this'),
          t('{required} may do this; your role is {role}.', { required: roleNames(required), role: roleNames([role]) }),
        ),
  insufficient_scope: () => ours(t('This credential does not permit it')),
  cross_origin_request: () => ours(t('The server refuses what another site sends')),
  not_found: () => show(t('It isn’t here'), t('It was deleted, or it is not yours to see. Check the address.')),
  method_not_allowed: () => ours(t('The server does not know this request')),
  request_timeout: () =>
    show(
      t('The request took too long to arrive'),
      t('Nothing was changed. Try again over a faster connection.'),
      'try_again',
    ),
  conflict: changed,
  email_taken: () => show(t('This address has an account'), t('Sign in with it, or use another address.'), 'sign_in'),
  already_member: () => show(t('Already a member'), t('This address belongs to a member of the workspace.')),
  invitation_pending: () =>
    show(
      t('Already invited'),
      t('An invitation of this address is pending. Revoke it first, or wait until it expires.'),
    ),
  last_owner: () => show(t('A workspace needs an owner'), t('Appoint another owner first.')),
  project_key_taken: () =>
    show(t('This key is taken'), t('Another project of the workspace has it. Choose another key.')),
  project_archived: () =>
    show(t('The project is archived'), t('It can be read and not changed. An admin can unarchive it.')),
  status_in_use: () =>
    show(t('A status has tickets'), t('Say which status they move to, move them first, or keep the status.')),
  resolution_in_use: () =>
    show(t('Tickets have this resolution'), t('Say what becomes of it, or keep the resolution.')),
  mapping_too_large: ({ tickets, max_tickets }) =>
    show(
      t('Too many tickets would change'),
      t('{tickets} tickets would change, and one request changes at most {max_tickets}. Move some of them first.', {
        tickets,
        max_tickets,
      }),
    ),
  transition_not_allowed: () =>
    show(
      t('The workflow has no such step'),
      t('The ticket has another status by now. Choose one of the steps from there.'),
    ),
  edit_conflict: () =>
    show(
      t('Somebody else changed the same field'),
      t('Nothing was changed. Choose between both texts, or edit them together.'),
    ),
  quota_exceeded: ({ quota, limit }) =>
    show(
      t('The limit is reached'),
      t('{limit} is the most for: {quota}. Remove what is no longer needed, or ask the people who run the server.', {
        limit,
        quota: quotaName(quota),
      }),
    ),
  changes_refused: () =>
    show(t('Nothing was changed'), t('Each of the changes was refused. Look at the tickets, and decide again.')),
  redelivery_refused: ({ reason }) =>
    reason === 'too_many_waiting'
      ? show(
          t('Nothing was queued'),
          t('Too many deliveries wait already. Try again when some have ended.'),
          'try_again',
        )
      : show(t('Nothing was queued'), t('The webhook is not for these events. Change what it is for first.')),
  response_gone: () => show(t('It was done'), t('Reload the page to see how it is now.'), 'reload'),
  precondition_failed: changed,
  body_too_large: () => show(t('The text is too long'), t('Shorten it, and send it again.')),
  uri_too_long: () => show(t('The address is too long'), t('Remove some of the filters.')),
  unsupported_media_type: () => ours(t('The server could not read the request')),
  range_not_satisfiable: () => ours(t('The server could not read the request')),
  expectation_failed: () => ours(t('The server could not read the request')),
  validation_failed: ({ errors }) =>
    show(
      t('Some values are not valid'),
      errors.length === 1 ? (errors[0]?.detail ?? '') : t('Look at the marked fields.'),
    ),
  fields_required: () => show(t('This step needs more'), t('Fill in the marked fields, and take the step again.')),
  idempotency_key_reused: () => ours(t('The server took the request for another')),
  assignee_not_member: () => show(t('Not a member'), t('Only members can be assigned to. Invite them first.')),
  precondition_required: changed,
  rate_limited: () => show(t('Too many requests'), t('Wait a moment, and try again.'), 'try_again'),
  headers_too_large: () => ours(t('The server could not read the request')),
  internal_error: () =>
    show(t('The server failed'), t('Nothing was changed. Try again; if it happens again, report it.'), 'try_again'),
  overloaded: busy,
  database_unavailable: () =>
    show(t('The server can’t reach its database'), t('Nothing was changed. Try again in a moment.'), 'try_again'),
  outcome_unknown: () =>
    show(
      t('It is unknown whether it was done'),
      t('The connection was lost while it was being saved. Look whether it is there before you do it again.'),
      'reload',
    ),
  shutting_down: busy,
} satisfies { [Code in ProblemCode]: (problem: ProblemOf<Code>) => Shown };

/** What to show for errors of the client itself, without a problem from the server. */
const failures = {
  invalid_call: () => ours(t('The page could not send the request')),
  no_response: () =>
    show(t('The server can’t be reached'), t('Check the connection. What you typed is still here.'), 'try_again'),
  timed_out: () =>
    show(t('The server did not respond in time'), t('Look whether it was done before you do it again.'), 'try_again'),
  aborted: () => show(t('It was ended'), t('Nothing else happens.')),
  not_modified: () => show(t('Nothing has changed'), t('What you see is how it is.')),
  unexpected_response: () =>
    show(t('Something else than Baton responded'), t('Perhaps a proxy. Try again in a moment.'), 'try_again'),
} satisfies Record<ClientCode, () => Shown>;

const isProblem = (code: string): code is ProblemCode => Object.hasOwn(problems, code);
const isFailure = (code: string): code is ClientCode => Object.hasOwn(failures, code);

/** Everything a person needs to know about something that failed. */
export interface Failure extends Shown {
  code: string;
  /** Identifies the request in the server’s log; undefined where no response arrived. */
  request_id: string | undefined;
}

/** Describes any error to the person. */
export function failureOf(error: unknown): Failure {
  if (!(error instanceof BatonApiError)) {
    return { ...ours(t('Something in the page failed')), code: 'failed', request_id: undefined };
  }
  const { code, problem, request_id } = error;
  if (problem !== undefined && isProblem(code)) {
    // The server's contract guarantees that the problem has the type of its code.
    const shown = (problems[code] as (of: typeof problem) => Shown)(problem);
    return { ...shown, code, request_id };
  }
  if (isFailure(code)) return { ...failures[code](), code, request_id };
  // The code is unknown: the server is newer than this console.
  const { title, detail } = problem ?? { title: error.message, detail: undefined };
  return { ...show(title, detail ?? t('Reload the page: the server may be newer.'), 'reload'), code, request_id };
}

/**
 * Returns the messages for the fields that the server rejected, by field name: `/new_password` becomes `new_password`.
 */
export function faultsOf(error: unknown): Record<string, string> {
  if (!(error instanceof BatonApiError) || !error.is('validation_failed')) return {};
  const named = error.problem.errors.map(({ pointer = '', parameter, detail }) => {
    const [, field = ''] = pointer.split('/');
    return [parameter ?? field, detail] as const;
  });
  return Object.fromEntries(named.toReversed()); // of several faults of one field, show the first
}

/** Returns whether an error is a problem with this code. */
export const isCode = (error: unknown, code: ProblemCode | ClientCode): boolean =>
  error instanceof BatonApiError && error.code === code;
