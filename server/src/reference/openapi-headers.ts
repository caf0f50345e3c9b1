import { takesKey } from '../access/policy.ts';
import { isList, isTagged, type Operation } from '../http/contract.ts';

type Header = {
  description: string;
  schema: {
    type: 'string' | 'integer';
    const?: string;
    pattern?: string;
    maxLength?: number;
    format?: string;
    minimum?: number;
    maximum?: number;
  };
};

function text(description: string, pattern: string, maxLength: number): Header {
  return { description, schema: { type: 'string', pattern, maxLength } };
}

/** The headers of responses, by name. */
export const response_headers: Record<string, Header> = {
  'X-Request-Id': text('Identifies this request in logs and in the audit log.', '^[A-Za-z0-9._-]{8,64}$', 64),
  RateLimit: text(
    'What is left of a limit (`r`) and the seconds until all of it is available again (`t`), or in a refusal, until ' +
      'the next attempt makes sense (draft-ietf-httpapi-ratelimit-headers-11). Probes are not limited.',
    '^"[a-z-]+";r=[0-9]+;t=[0-9]+$',
    100,
  ),
  'RateLimit-Policy': text(
    'The limit: how much (`q`) of what (`qu`, requests by default) in how many seconds (`w`), or at one time.',
    '^"[a-z-]+";q=[0-9]+(;qu="(content-bytes|concurrent-requests)")?(;w=[0-9]+)?$',
    100,
  ),
  'Access-Control-Allow-Origin': text('The caller’s origin, if the operator allows it.', '^https?://[^/]+$', 300),
  'WWW-Authenticate': {
    description: 'The authentication scheme.',
    schema: { type: 'string', const: 'Bearer realm="baton"' },
  },
  'Retry-After': {
    description: 'Seconds to wait before trying again.',
    schema: { type: 'integer', format: 'int32', minimum: 0, maximum: 86_400 },
  },
  ETag: text(
    'The entity tag of this response, for If-None-Match. If it begins with the resource’s version, it is also for If-Match.',
    '^(?:"[0-9]{1,10}-[A-Za-z0-9_-]{22}"|W/"[A-Za-z0-9_-]{22}")$',
    36,
  ),
  Accept: text('The media types that the body may have.', '^[a-z/+, -]+$', 100),
  'Accept-Patch': text('The media types that the body may have.', '^[a-z/+, -]+$', 100),
  'Idempotent-Replayed': {
    description: 'Present if the write was done before with this Idempotency-Key: its first response is repeated.',
    schema: { type: 'string', const: 'true' },
  },
  Link: text('The URL of the next page of the list, if there is one.', '^</v1/[^<>" ]+>; rel="next"$', 14_000),
  traceresponse: text(
    'The trace of the request’s `traceparent` (W3C Trace Context), and this request’s part in it.',
    '^00-[0-9a-f]{32}-[0-9a-f]{16}-0[01]$',
    55,
  ),
  'Set-Cookie': text(
    'The refresh token, if the body has `"keep": "cookie"`; empty if the cookie is removed.',
    '^(?:__Secure-)?baton_refresh(?:_[0-9]{1,5})?=[A-Za-z0-9_-]*; Path=/v1/auth; Max-Age=[0-9]+; HttpOnly; SameSite=Strict(?:; Secure)?$',
    250,
  ),
  Location: text('The URL of the created resource.', '^/v1/[a-z0-9/-]+$', 200),
};

/** The headers that a response with this status may carry. */
export function headersOf(operation: Operation, status: number): string[] {
  const succeeded = status === operation.status;
  return [
    'X-Request-Id',
    'traceresponse',
    'RateLimit',
    'RateLimit-Policy',
    'Access-Control-Allow-Origin',
    ...(status === 415 ? [operation.method === 'patch' ? 'Accept-Patch' : 'Accept'] : []),
    ...(status === 401 ? ['WWW-Authenticate'] : []),
    ...(status === 429 || status === 503 ? ['Retry-After'] : []),
    ...((succeeded && isTagged(operation)) || status === 304 ? ['ETag'] : []),
    ...(operation.location !== undefined && succeeded ? ['Location'] : []),
    ...(isList(operation) && succeeded ? ['Link'] : []),
    ...(operation.refresh_cookie !== undefined && succeeded ? ['Set-Cookie'] : []),
    ...(takesKey(operation) && succeeded ? ['Idempotent-Replayed'] : []),
  ];
}
