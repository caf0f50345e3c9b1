/** Every error the API may return: the stable code, its HTTP status and its title. Documented in docs/errors.md. */
export const error_table = {
  malformed_json: [400, 'The body is not valid JSON'],
  malformed_request: [400, 'The request is malformed'],
  idempotency_key_unsupported: [400, 'Idempotency-Key is not supported'],
  invalid_cursor: [400, 'The cursor does not belong to this list'],
  unauthenticated: [401, 'Authentication is required'],
  invalid_token: [401, 'The access token is not valid'],
  session_ended: [401, 'The session has ended'],
  invalid_credentials: [401, 'E-mail address or password is wrong'],
  invalid_refresh_token: [401, 'The refresh token is not valid'],
  forbidden: [403, 'Your role does not permit this'],
  not_found: [404, 'Not found'],
  method_not_allowed: [405, 'Method not allowed'],
  request_timeout: [408, 'The request took too long to arrive'],
  conflict: [409, 'The request conflicts with the current state'],
  email_taken: [409, 'An account with this e-mail address exists'],
  already_member: [409, 'Already a member of this workspace'],
  invitation_pending: [409, 'An invitation for this address is pending'],
  last_owner: [409, 'A workspace needs at least one owner'],
  project_key_taken: [409, 'This project key is taken'],
  project_archived: [409, 'The project is archived'],
  status_in_use: [409, 'The new workflow drops a status that has tickets'],
  transition_not_allowed: [409, 'The workflow does not allow this transition'],
  edit_conflict: [409, 'The same fields were changed in the meantime'],
  precondition_failed: [412, 'The resource has changed in the meantime'],
  body_too_large: [413, 'The body is too large'],
  uri_too_long: [414, 'The URL is too long'],
  unsupported_media_type: [415, 'Unsupported media type'],
  validation_failed: [422, 'Some values are invalid'],
  fields_required: [422, 'The transition requires more fields'],
  assignee_not_member: [422, 'The assignee is not a member of this workspace'],
  precondition_required: [428, 'Base version required'],
  rate_limited: [429, 'Too many requests'],
  headers_too_large: [431, 'The request headers are too large'],
  internal_error: [500, 'Internal server error'],
  overloaded: [503, 'Service overloaded'],
  database_unavailable: [503, 'The database is unavailable'],
  outcome_unknown: [503, 'Outcome unknown'],
  shutting_down: [503, 'The server is shutting down'],
} as const satisfies Record<string, readonly [status: number, title: string]>;

export type ErrorCode = keyof typeof error_table;

/** A refusal with a stable code. Domain code throws it by code, with data for the client; the edge knows the status. */
export class BatonError extends Error {
  readonly code: ErrorCode;
  readonly data: Readonly<Record<string, unknown>>;
  /** Seconds after which trying again makes sense, sent as Retry-After. */
  readonly retry_after_s: number | undefined;

  constructor(
    code: ErrorCode,
    data: Record<string, unknown> & { detail?: string } = {},
    options: { cause?: unknown; retry_after_s?: number } = {},
  ) {
    super(data.detail ?? error_table[code][1], options.cause === undefined ? {} : { cause: options.cause });
    this.name = 'BatonError';
    this.code = code;
    this.data = data;
    this.retry_after_s = options.retry_after_s;
  }
}
