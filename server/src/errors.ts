import { z } from 'zod';
import { id, role, status_key, stored, timestamp, token_scope, version } from './http/contract.ts';

/** The ticket's current state, which a client needs to decide again. */
const ticket_state = {
  current_version: version,
  current_status: status_key.optional(),
  allowed_transitions: z.array(status_key).max(50).optional(),
  assignee_id: id.nullable().optional(),
};

/** A field that two people changed: as it was before both, as the caller wants it, and as it is now. */
const edit_conflict = z.strictObject({
  base: z.unknown(),
  mine: z.unknown(),
  theirs: z.unknown(),
  by: id.optional().meta({ description: 'Who changed it last.' }),
  at: timestamp.optional().meta({ description: 'When it was changed last.' }),
});
const edit_conflicts = z.record(
  z
    .string()
    .regex(/^[a-z_]+$/)
    .max(60),
  edit_conflict,
);

const count = z.int().min(1).max(2_147_483_647).meta({ format: 'int32' });

const fault = z.strictObject({
  pointer: stored(1024).optional().meta({ description: 'A JSON pointer into the body (RFC 6901).' }),
  parameter: stored(1024).optional().meta({ description: 'The name of a parameter of the query or the path.' }),
  detail: stored(1000),
});

/** A change of a bulk that was refused. */
const refused_change = z.strictObject({
  index: z
    .int()
    .min(0)
    .max(99)
    .meta({ format: 'int32', description: 'Its place among the changes, beginning with 0.' }),
  ticket: stored(36).meta({
    description: 'The id or key of the ticket that was sent, as responses spell it.',
    example: 'ENG-123',
  }),
  problem: z.lazy((): z.ZodType<Problem, Problem> => change_problem),
});

/** The quotas of workspaces and accounts, each with a setting. */
export const quotas = [
  'workspaces_per_account',
  'members_per_workspace',
  'open_invitations_per_workspace',
  'projects_per_workspace',
  'workflow_versions_per_project',
  'tickets_per_project',
  'tokens_per_member',
  'webhooks_per_workspace',
  'views_per_member',
  'shared_views_per_workspace',
  'watchers_per_ticket',
  'emoji_per_comment',
  'attachments_per_ticket',
  'attachment_mib_per_workspace',
  'mib_per_workspace',
] as const;
export type Quota = (typeof quotas)[number];

/**
 * Every error the API may return: the stable code, its HTTP status, its title, and what it carries beyond these.
 * Documented in docs/errors.md; the OpenAPI document and the SDK are typed from it.
 */
export const error_table = {
  malformed_json: [400, 'The body is not valid JSON'],
  malformed_request: [400, 'The request is malformed'],
  idempotency_key_unsupported: [400, 'Idempotency-Key is not supported here'],
  invalid_cursor: [400, 'The cursor does not belong to this list'],
  invalid_offset: [400, 'The offset is beyond the last event'],
  unauthenticated: [401, 'Authentication is required'],
  invalid_token: [401, 'The access token is not valid'],
  session_ended: [401, 'The session has ended'],
  invalid_credentials: [401, 'E-mail address or password is wrong'],
  invalid_reset_token: [401, 'The password reset token is not valid'],
  invalid_confirmation_token: [401, 'The token to confirm an address is not valid'],
  invalid_refresh_token: [401, 'The refresh token is not valid'],
  registration_closed: [403, 'Registration is closed'],
  mail_not_configured: [403, 'This server sends no mail'],
  attachments_not_configured: [403, 'This server keeps no attachments'],
  invitation_required: [403, 'A valid invitation to this address is required'],
  forbidden: [
    403,
    'Your role does not permit this',
    {
      role: role.optional(),
      required: z.array(role).max(4).optional(),
      from: status_key.optional(),
      to: status_key.optional(),
    },
  ],
  insufficient_scope: [
    403,
    'The token’s scopes do not permit this',
    { scopes: z.array(token_scope).max(20), required: token_scope.nullable() },
  ],
  cross_origin_request: [403, 'The request comes from another origin'],
  not_found: [404, 'Not found'],
  method_not_allowed: [405, 'Method not allowed'],
  request_timeout: [408, 'The request took too long to arrive'],
  conflict: [409, 'The request conflicts with the current state', ticket_state],
  email_taken: [409, 'An account with this e-mail address exists'],
  already_member: [409, 'Already a member of this workspace'],
  invitation_pending: [409, 'An invitation for this address is pending'],
  last_owner: [409, 'A workspace needs at least one owner'],
  project_key_taken: [409, 'This project key is taken'],
  project_archived: [409, 'The project is archived'],
  status_in_use: [
    409,
    'The new workflow drops a status that has tickets',
    {
      statuses: z
        .array(z.strictObject({ status: status_key, tickets: count }))
        .max(50)
        .optional(),
    },
  ],
  resolution_in_use: [
    409,
    'The new workflow drops a resolution that tickets have',
    {
      resolutions: z
        .array(z.strictObject({ status: status_key, resolution: status_key, tickets: count }))
        .min(1)
        .max(100),
    },
  ],
  mapping_too_large: [409, 'The mapping changes too many tickets', { tickets: count, max_tickets: count }],
  transition_not_allowed: [
    409,
    'The workflow does not allow this transition',
    {
      from: status_key,
      to: status_key,
      current_version: version,
      current_status: status_key,
      allowed_transitions: z.array(status_key).max(50),
    },
  ],
  edit_conflict: [
    409,
    'The same fields were changed in the meantime',
    { current_version: version, fields: edit_conflicts },
  ],
  quota_exceeded: [
    409,
    'The quota is used up',
    {
      quota: z.enum(quotas),
      limit: z
        .int()
        .min(1)
        .max(2 ** 31 - 1)
        .meta({ format: 'int32' }),
    },
  ],
  changes_refused: [
    409,
    'Nothing was changed, because changes were refused',
    { refused: z.array(refused_change).min(1).max(100) },
  ],
  redelivery_refused: [409, 'Nothing was queued', { reason: z.enum(['not_wanted', 'too_many_waiting']) }],
  response_gone: [410, 'The write was done; its response is gone'],
  precondition_failed: [
    412,
    'A precondition of the request does not hold',
    { ...ticket_state, current_version: version.optional(), fields: edit_conflicts.optional() },
  ],
  body_too_large: [413, 'The body is too large'],
  uri_too_long: [414, 'The URL is too long'],
  unsupported_media_type: [415, 'Unsupported media type'],
  range_not_satisfiable: [416, 'The file has no such range'],
  expectation_failed: [417, 'Unknown expectation'],
  validation_failed: [
    422,
    'Some values are invalid',
    { ...ticket_state, current_version: version.optional(), errors: z.array(fault).min(1).max(100) },
  ],
  fields_required: [
    422,
    'The transition requires more fields',
    {
      missing: z
        .array(z.enum(['resolution', 'assignee_id', 'comment']))
        .min(1)
        .max(3),
    },
  ],
  idempotency_key_reused: [422, 'The Idempotency-Key was used for another request'],
  assignee_not_member: [422, 'The assignee is not a member of this workspace'],
  precondition_required: [428, 'Base version required'],
  rate_limited: [429, 'Too many requests'],
  headers_too_large: [431, 'The request headers are too large'],
  internal_error: [500, 'Internal server error'],
  overloaded: [503, 'Service overloaded'],
  database_unavailable: [503, 'The database is unavailable'],
  outcome_unknown: [503, 'Outcome unknown'],
  shutting_down: [503, 'The server is shutting down'],
} as const satisfies Record<string, readonly [status: number, title: string, carries?: z.ZodRawShape]>;

export type ErrorCode = keyof typeof error_table;

type Carried<C extends ErrorCode> = C extends ErrorCode
  ? (typeof error_table)[C] extends readonly [number, string, infer Shape extends z.ZodRawShape]
    ? z.input<z.ZodObject<Shape>>
    : object
  : never;

/** The members that a problem of this code carries for the client. */
export type ErrorData<C extends ErrorCode> = Carried<C> & { detail?: string };

/** The codes that can be thrown without data. */
export type PlainErrorCode = {
  [C in ErrorCode]: Partial<ErrorData<C>> extends ErrorData<C> ? C : never;
}[ErrorCode];

/** An error in the format of RFC 9457. */
export interface Problem {
  type: string;
  title: string;
  status: number;
  code: ErrorCode;
  detail?: string;
  [member: string]: unknown;
}

interface ErrorOptions {
  cause?: unknown;
  retry_after_s?: number;
  headers?: Record<string, string>;
}

type Given<C extends ErrorCode> = [C] extends [PlainErrorCode]
  ? [data?: ErrorData<C>, options?: ErrorOptions]
  : [data: ErrorData<C>, options?: ErrorOptions];

/** The zod shape of the members that a code carries. */
export function carriedBy(code: ErrorCode): z.ZodRawShape {
  const entry: readonly [status: number, title: string, carries?: z.ZodRawShape] = error_table[code];
  return entry[2] ?? {};
}

const members = {
  type: z
    .string()
    .regex(/^\/docs\/errors#[a-z_]+$/)
    .max(100)
    .meta({ description: 'The error’s documentation.' }),
  title: stored(200),
  status: z.int().min(400).max(599).meta({ format: 'int32' }),
  detail: stored(1000).optional(),
};

const all_codes = Object.keys(error_table) as ErrorCode[];
const [carrying = [], plain = []] = [true, false].map((carries) =>
  all_codes.filter((code) => Object.keys(carriedBy(code)).length > 0 === carries),
);

/** `transition_not_allowed`: TransitionNotAllowed */
const pascal = (code: string) => code.replaceAll(/(?:^|_)([a-z])/g, (_, letter: string) => letter.toUpperCase());

/** The schema of problems whose codes carry the same members. */
function problemsOf(some: readonly ErrorCode[], id: string) {
  const code = some.length === 1 ? z.literal(some) : z.enum(some as [ErrorCode, ...ErrorCode[]]);
  return z.looseObject({ ...members, code, ...carriedBy(some[0] as ErrorCode) }).meta({ id });
}

const plain_problem = problemsOf(plain, 'PlainProblem');
const carrying_problems = new Map(carrying.map((code) => [code, problemsOf([code], `${pascal(code)}Problem`)]));

/** The problem of one code. */
export function problemOf(code: ErrorCode): z.ZodObject {
  return carrying_problems.get(code) ?? plain_problem;
}

/** The body of every error response. Its `code` tells which members it carries. */
export const problem = z.discriminatedUnion('code', [plain_problem, ...carrying_problems.values()]).meta({
  id: 'Problem',
  description:
    'An error (RFC 9457). `code` identifies the kind of error and never changes: branch on it. Later versions add codes.',
});

/** Why a single change can be refused. */
const of_a_change = [
  'forbidden',
  'conflict',
  'edit_conflict',
  'transition_not_allowed',
  'fields_required',
  'validation_failed',
] as const satisfies ErrorCode[];

/** The problem of one change of a bulk, which is that of the operation that makes this change alone. */
export const change_problem = z.discriminatedUnion('code', [plain_problem, ...of_a_change.map(problemOf)]).meta({
  id: 'ChangeProblem',
  description: 'Why a change was refused: the problem of the operation that makes this change alone.',
}) as unknown as z.ZodType<Problem, Problem>;

/** A refusal with a stable code. Domain code throws it by code, with data for the client; the edge knows the status. */
export class BatonError<C extends ErrorCode = ErrorCode> extends Error {
  readonly code: C;
  readonly data: ErrorData<C>;
  /** Seconds after which trying again makes sense, sent as Retry-After. */
  readonly retry_after_s: number | undefined;
  /** More headers of the response. */
  readonly headers: Readonly<Record<string, string>>;

  constructor(code: C, ...[data, options = {}]: Given<C>) {
    const [status, title] = error_table[code];
    const traced = Error.stackTraceLimit;
    // Nobody looks up where a refusal was thrown, and the stack took a fifth of what a request for nothing costs.
    if (status < 500) Error.stackTraceLimit = 0;
    super(data?.detail ?? title, options.cause === undefined ? {} : { cause: options.cause });
    Error.stackTraceLimit = traced;
    this.name = 'BatonError';
    this.code = code;
    this.data = data ?? ({} as ErrorData<C>);
    this.retry_after_s = options.retry_after_s;
    this.headers = options.headers ?? {};
  }
}

/** Returns what was found. Throws `not_found` if nothing was. */
export async function requireFound<T>(found: Promise<T | undefined>): Promise<T> {
  const it = await found;
  if (it === undefined) throw new BatonError('not_found');
  return it;
}
