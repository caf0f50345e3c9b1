import { domainToASCII } from 'node:url';
import { z } from 'zod';
import {
  asList,
  base_version,
  fields,
  id,
  narrowing,
  line,
  operation,
  page,
  page_query,
  request_id,
  stored,
  timestamp,
  verbatim,
  version,
} from '../http/contract.ts';
import { type AccountAction, account_facts, meaningOf } from './facts.ts';

// An address as it is stored.
export const stored_email = z.string().max(254).meta({ format: 'email', example: 'ada@example.com' });

export const user = z
  .strictObject({
    id,
    email: stored_email,
    email_confirmed_at: timestamp
      .nullable()
      .describe(
        'When the address was confirmed by a mail to it. Null means that it wasn’t; then notifications aren’t mailed to it.',
      ),
    name: stored(200),
    version,
    created_at: timestamp,
    updated_at: timestamp,
  })
  .meta({ id: 'User' });
export type User = z.infer<typeof user>;

/** Whether the refresh token goes into a cookie. */
const keep = z
  .enum(['cookie'])
  .optional()
  .meta({
    description:
      'Where the refresh token goes. `cookie`: into a cookie that no script can read, and not into the response. Only a page of ' +
      'this server’s own origin may ask for it. By default it is in the response.',
  });

/** The response to signing in: the user, a short-lived access token, and the refresh token that gets the next pair. */
const tokens = z
  .strictObject({
    user,
    access_token: z
      .string()
      .regex(/^[\w-]+\.[\w-]+\.[\w-]+$/)
      .max(4096),
    token_type: z.literal('Bearer'),
    expires_in: z.int().min(1).max(2_147_483_647).meta({ format: 'int32', description: 'Seconds.' }),
    refresh_token: z
      .string()
      .regex(/^brt_[A-Za-z0-9_-]{86}$/)
      .max(90)
      .optional()
      .meta({ description: 'Single-use: every refresh returns a new one. Absent where it is kept in a cookie.' }),
  })
  .meta({ id: 'Tokens' });

export const session = z
  .strictObject({
    id,
    current: z.boolean().meta({ description: 'Whether this request belongs to the session.' }),
    user_agent: stored(400).nullable(),
    ip: stored(64).nullable(),
    created_at: timestamp,
    refreshed_at: timestamp,
    expires_at: timestamp,
  })
  .meta({ id: 'Session' });

export type Session = z.infer<typeof session>;

const actions = Object.keys(account_facts) as AccountAction[];
const meanings = Object.fromEntries(actions.map((action) => [action, meaningOf(action)]));

const account_action = z.enum(actions).meta({
  id: 'AccountAuditAction',
  description: `What happened. New actions may be added.\n\n${asList(meanings)}`,
});

export const account_audit_entry = z
  .strictObject({
    id,
    action: account_action,
    detail: fields,
    request_id,
    ip: stored(64).nullable(),
    created_at: timestamp,
  })
  .meta({ id: 'AccountAuditEntry' });
export type AccountAuditEntry = z.infer<typeof account_audit_entry>;

/**
 * Returns a domain in its DNS form: `münchen.de` is `xn--mnchen-3ya.de`. Returns '' for text that can't be a domain.
 */
const toAscii = (domain: string) => (/[%/:@\\?#[\]]/.test(domain) ? '' : domainToASCII(domain));

// RFC 5321: the local part is a dot-atom of at most 64 characters. Quoted strings and address literals are refused.
// Labels of the domain have at most 63 characters; the last one consists of letters or is punycoded.
const mailbox =
  /^(?=[^@]{1,64}@)[a-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+(?:[a-z]{2,63}|xn--[a-z0-9-]{1,58}[a-z0-9])$/;

/** An address as it is stored and compared: trimmed, in lower case, with its domain in ASCII form. */
export const email = z
  .string()
  .trim()
  .max(254)
  .transform((text) => {
    const at = text.lastIndexOf('@');
    // ASCII letters only: the Kelvin sign in lower case is a k, which would be another person's address.
    const local = text.slice(0, at + 1).replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase());
    return local + toAscii(text.slice(at + 1));
  })
  .pipe(z.email({ pattern: mailbox }).max(254))
  .meta({ format: 'email', example: 'ada@example.com' });
const password = verbatim({ min: 10, max: 256 }).meta({ format: 'password' });

const revoke_tokens = z
  .boolean()
  .optional()
  .meta({ description: 'Whether to revoke every API token that the account has created, in each of its workspaces.' });

export const register = operation({
  id: 'register',
  method: 'post',
  path: '/v1/auth/register',
  tag: 'accounts',
  summary: 'Creates an account and signs in.',
  body: z
    .strictObject({
      email,
      password,
      name: line(200),
      keep,
      invitation_token: verbatim({ max: 200 }).optional().meta({
        description: 'The token of an invitation to this address. Required where only invited people may sign up.',
      }),
    })
    .refine(({ email: address, password: secret }) => secret.toLowerCase() !== address, {
      path: ['password'],
      message: 'A password must not be the e-mail address.',
    }),
  status: 201,
  response: tokens,
  location: '/v1/me',
  refresh_cookie: 'set',
  errors: ['email_taken', 'registration_closed', 'invitation_required', 'cross_origin_request'],
});

export const login = operation({
  id: 'login',
  method: 'post',
  path: '/v1/auth/login',
  tag: 'accounts',
  summary: 'Signs in with e-mail address and password.',
  body: z.strictObject({ email, password: verbatim({ min: 1, max: 256 }).meta({ format: 'password' }), keep }),
  status: 200,
  response: tokens,
  refresh_cookie: 'set',
  errors: ['invalid_credentials', 'cross_origin_request'],
});

export const refresh = operation({
  id: 'refresh',
  method: 'post',
  path: '/v1/auth/refresh',
  tag: 'accounts',
  summary:
    'Exchanges a refresh token for new tokens. A second use within seconds returns the same successor; a later one ends the session.',
  body: z
    .strictObject({
      refresh_token: verbatim({ max: 200 })
        .optional()
        .meta({ description: 'Required without `keep`; with it, the cookie has the token by default.' }),
      keep,
    })
    .refine((body) => body.refresh_token !== undefined || body.keep !== undefined, {
      path: ['refresh_token'],
      message: 'Send the refresh token, or `"keep": "cookie"` where a cookie has it.',
    }),
  status: 200,
  response: tokens,
  refresh_cookie: 'set',
  errors: ['invalid_refresh_token', 'cross_origin_request'],
});

export const logout = operation({
  id: 'logout',
  method: 'post',
  path: '/v1/auth/logout',
  tag: 'accounts',
  summary: 'Ends the session of this request and the session of its cookie; their access tokens stop working at once.',
  status: 204,
  refresh_cookie: 'removed',
  errors: ['cross_origin_request'],
});

export const get_me = operation({
  id: 'get_me',
  method: 'get',
  path: '/v1/me',
  tag: 'accounts',
  summary: 'Returns the caller’s account.',
  query: z.strictObject(narrowing(user)),
  status: 200,
  response: user,
  etag: true,
});

export const update_me = operation({
  id: 'update_me',
  method: 'patch',
  path: '/v1/me',
  tag: 'accounts',
  summary: 'Changes the caller’s name.',
  body: z.strictObject({ name: line(200), version: base_version }),
  elsewhere: {
    email: 'POST /v1/me/email-change sends a mail that changes the address.',
    password: 'PUT /v1/me/password changes the password.',
  },
  if_match: 'required',
  status: 200,
  response: user,
  etag: true,
  errors: ['precondition_required', 'conflict'],
});

export const change_password = operation({
  id: 'change_password',
  method: 'put',
  path: '/v1/me/password',
  tag: 'accounts',
  summary: 'Changes the password, ends every other session, and returns new tokens for this one.',
  body: z.strictObject({
    current_password: verbatim({ min: 1, max: 256 }).meta({ format: 'password' }),
    new_password: password,
    revoke_tokens,
    keep,
  }),
  status: 200,
  response: tokens,
  session_tokens: true,
  refresh_cookie: 'set',
  errors: ['invalid_credentials', 'cross_origin_request'],
});

export const reset_password = operation({
  id: 'reset_password',
  method: 'post',
  path: '/v1/auth/reset-password',
  tag: 'accounts',
  summary: 'Sets a new password with a one-time token, from a mail or the operator, and ends every session.',
  body: z.strictObject({ token: verbatim({ max: 200 }), new_password: password, revoke_tokens }),
  status: 204,
  errors: ['invalid_reset_token'],
});

export const list_sessions = operation({
  id: 'list_sessions',
  method: 'get',
  path: '/v1/sessions',
  tag: 'accounts',
  summary: 'Lists the caller’s live sessions, newest first.',
  query: page_query.extend(narrowing(session)),
  status: 200,
  response: page(session),
  errors: ['invalid_cursor'],
});

const session_params = z.strictObject({ session_id: id });

export const get_session = operation({
  id: 'get_session',
  method: 'get',
  path: '/v1/sessions/{session_id}',
  tag: 'accounts',
  summary: 'Returns one of the caller’s live sessions.',
  params: session_params,
  query: z.strictObject(narrowing(session)),
  status: 200,
  response: session,
});

export const revoke_session = operation({
  id: 'revoke_session',
  method: 'delete',
  path: '/v1/sessions/{session_id}',
  tag: 'accounts',
  summary: 'Revokes one of the caller’s sessions.',
  params: session_params,
  status: 204,
  errors: ['not_found'],
});

export const list_my_audit = operation({
  id: 'list_my_audit',
  method: 'get',
  path: '/v1/me/audit',
  tag: 'accounts',
  summary: 'Lists security events of the caller’s account, newest first.',
  query: page_query.extend(narrowing(account_audit_entry)),
  status: 200,
  response: page(account_audit_entry),
  errors: ['invalid_cursor'],
});
