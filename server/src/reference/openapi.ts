import { z } from 'zod';
import {
  createDocument,
  type ZodOpenApiOperationObject,
  type ZodOpenApiResponseObject,
  type ZodOpenApiResponsesObject,
} from 'zod-openapi';
import { accessOf, scopeOf, takesKey, tokensOf } from '../access/policy.ts';
import { type ErrorCode, error_table, problem } from '../errors.ts';
import {
  idempotency_key,
  bodyTypes,
  event_stream,
  isRead,
  needsRoom,
  type Operation,
  stored,
} from '../http/contract.ts';
import { addExamples, problemExample } from './openapi-examples.ts';
import { openResponses } from './openapi-open.ts';
import { headersOf, response_headers } from './openapi-headers.ts';
import { version } from '../lib/project.ts';

/** The tags of operations, in the order in which a client needs them. */
export const tags: Record<string, string> = {
  accounts: 'Registering, signing in, sessions, the caller’s account.',
  workspaces: 'Tenants: everything below belongs to exactly one workspace.',
  members: 'The members of a workspace and their roles.',
  bots: 'Members that are programs.',
  invitations: 'Inviting people to a workspace.',
  projects: 'Projects group tickets under one key and one workflow.',
  workflows: 'A project’s statuses and the transitions between them, versioned.',
  tickets: 'Creating, reading, editing and assigning tickets.',
  views: 'Saved lists and boards with their filters.',
  transitions: 'Moving a ticket to another status, and its status history.',
  comments: 'Comments on a ticket.',
  tokens: 'API tokens: credentials for programs, limited to some operations of one workspace.',
  retries: 'Sending a write again without doing it twice.',
  audit: 'Who did what, when, and in which request.',
  policy: 'Which role may call which operation.',
  operations: 'Probes for load balancers and supervisors.',
  analytics: 'How long tickets take, and how many are created and completed.',
  attachments: 'Files of a ticket.',
  events: 'The events of a workspace, for programs that follow them.',
  notifications: 'The caller’s inbox, the tickets that they watch, and their notification settings.',
  webhooks: 'The events of a workspace, sent to URLs of your own.',
};

/** Every code that the operation may return: its own, and those common to all operations of its kind. */
export function errorsOf(operation: Operation): ErrorCode[] {
  const access = accessOf(operation.id);
  const with_credential: ErrorCode[] = ['unauthenticated', 'invalid_token', 'session_ended', 'insufficient_scope'];
  const codes = new Set<ErrorCode>([
    ...(operation.errors ?? []),
    ...(access === 'public' ? [] : with_credential),
    ...(typeof access === 'string' ? [] : (['forbidden', 'not_found'] as const)),
    ...(operation.params === undefined ? [] : (['not_found'] as const)),
    ...(operation.body === undefined
      ? []
      : (['malformed_json', 'body_too_large', 'unsupported_media_type', 'validation_failed'] as const)),
    ...(operation.upload === true ? (['body_too_large', 'unsupported_media_type'] as const) : []),
    // Everything that a workspace stores is limited.
    ...(needsRoom(operation) && typeof access !== 'string' ? (['quota_exceeded'] as const) : []),
    'malformed_request',
    'validation_failed',
    'rate_limited',
    'internal_error',
    'overloaded',
    'database_unavailable',
    ...(operation.method !== 'get' || isRead(operation) ? (['precondition_failed'] as const) : []),
    ...(operation.method === 'get' ? [] : (['outcome_unknown'] as const)),
    ...(takesKey(operation)
      ? (['idempotency_key_reused', 'response_gone'] as const)
      : operation.method === 'get'
        ? []
        : (['idempotency_key_unsupported'] as const)),
  ]);
  return [...codes];
}

function headerRefs(operation: Operation, status: number): Record<string, { $ref: string }> {
  return Object.fromEntries(
    headersOf(operation, status).map((name) => [name, { $ref: `#/components/headers/${name}` }]),
  );
}

let not_modified: ZodOpenApiResponseObject | undefined;

/** Operations with the same errors share one object, so that the document has one component for it. */
const failures = new Map<string, ZodOpenApiResponseObject>();

function failureOf(operation: Operation, status: number, codes: ErrorCode[]): ZodOpenApiResponseObject {
  // Which types a body may have depends on the method.
  const id = [...codes, ...(status === 415 && operation.method === 'patch' ? ['patch'] : [])].join('.');
  const failure = failures.get(id) ?? {
    id,
    description: codes.map((code) => `\`${code}\`: ${error_table[code][1]}.`).join(' '),
    headers: headerRefs(operation, status),
    content: {
      'application/problem+json': {
        schema: problem,
        examples: Object.fromEntries(codes.map((code) => [code, { value: problemExample(code) }])),
      },
    },
  };
  failures.set(id, failure);
  return failure;
}

function contentOf(operation: Operation, schema: z.ZodType) {
  const description =
    'Server-sent events, for as long as the client stays connected: each has its offset as its `id`, and its JSON as its `data`. ' +
    `\`Last-Event-ID\` overrides \`${operation.stream_after}\`. If an error ends the stream, its last event is \`problem\`.`;
  const stream = operation.stream_after && {
    [event_stream]: { schema: z.string().max(2_147_483_647).meta({ description, pattern: '^retry: ' }) },
  };
  return { [operation.media ?? 'application/json']: { schema }, ...stream };
}

function responsesOf(operation: Operation): ZodOpenApiResponsesObject {
  const by_status = Map.groupBy(errorsOf(operation), (code) => error_table[code][0]);
  const failed = [...by_status].map(([status, codes]) => [String(status), failureOf(operation, status, codes)]);
  const success = {
    description: operation.status === 204 ? 'No content.' : operation.status === 201 ? 'Created.' : 'OK.',
    headers: headerRefs(operation, operation.status),
    ...(operation.response === undefined ? {} : { content: contentOf(operation, operation.response) }),
  };
  const unchanged = {
    id: 'not_modified',
    description: 'Not modified: according to its If-None-Match, the client already has this response.',
    headers: headerRefs(operation, 304),
  };
  return Object.fromEntries([
    [String(operation.status), success],
    ...(isRead(operation) ? [['304', (not_modified ??= unchanged)] as const] : []),
    ...failed,
  ]) as ZodOpenApiResponsesObject;
}

const key_header = idempotency_key.optional().meta({
  description:
    'A key that the client chooses for this one write, such as a UUID. A write that is sent again with the same key ' +
    'is not done again, and gets the first response.',
});

function headersIn(operation: Operation): { header?: z.ZodObject } {
  const tags = (description: string) => stored(16_384).optional().meta({ description });
  if (isRead(operation)) {
    const description =
      'Entity tags of responses that the client has: if one of them is current, the response is 304 without a body.';
    return { header: z.object({ 'If-None-Match': tags(description) }) };
  }
  const description = 'Apply the change only if this is the current version: an ETag, or `"7"`, or `*` for any.';
  const headers = {
    ...(operation.if_match === undefined ? {} : { 'If-Match': tags(description) }),
    ...(takesKey(operation) ? { 'Idempotency-Key': key_header } : {}),
  };
  return Object.keys(headers).length === 0 ? {} : { header: z.object(headers) };
}

function requestBodyOf(operation: Operation): Pick<ZodOpenApiOperationObject, 'requestBody'> {
  const { body: schema, upload } = operation;
  if (upload === true) {
    const description =
      'The bytes of the file. Its Content-Type is ignored: its media type is determined by its bytes.';
    const bytes = z.string().max(2_147_483_647).meta({ format: 'binary', description });
    return { requestBody: { required: true, content: { 'application/octet-stream': { schema: bytes } } } };
  }
  if (schema === undefined) return {};
  const content = Object.fromEntries(bodyTypes(operation).map((type) => [type, { schema }]));
  return { requestBody: { required: true, content } };
}

function describe(operation: Operation): ZodOpenApiOperationObject {
  const access = accessOf(operation.id);
  const who =
    typeof access === 'string' ? { public: 'everyone', account: 'every signed-in user' }[access] : access.join(', ');
  const scope = scopeOf(operation.id);
  const tokens = tokensOf(operation.id);
  const by_token = {
    none: access === 'public' ? '' : ' No API token is accepted.',
    scoped: ` An API token needs the scope \`${scope}\`.`,
    any: ' Every API token is accepted, for what belongs to it.',
  }[tokens];
  return {
    operationId: operation.id,
    tags: [operation.tag],
    summary: operation.summary,
    description: `Allowed for: ${who}.${by_token}`,
    security: access === 'public' ? [] : tokens === 'none' ? [{ bearer: [] }] : [{ bearer: [] }, { api_token: [] }],
    'x-baton-access': access,
    'x-baton-scope': scope,
    requestParams: {
      ...(operation.params === undefined ? {} : { path: operation.params }),
      ...(operation.query === undefined ? {} : { query: operation.query }),
      ...headersIn(operation),
    },
    ...requestBodyOf(operation),
    responses: responsesOf(operation),
  };
}

/** The OpenAPI 3.1 document of these endpoints. */
export function openApiDocument(operations: readonly Operation[]): object {
  const paths: Record<string, Record<string, ZodOpenApiOperationObject>> = {};
  for (const operation of operations) {
    paths[operation.path] = { ...paths[operation.path], [operation.method]: describe(operation) };
  }
  const document = createDocument(
    {
      openapi: '3.1.0',
      info: {
        title: 'Baton',
        version,
        description:
          'A ticketing backend: one change at a time per ticket, a complete history, and no lost updates. ' +
          'Lists return `data` and `next_cursor`; errors are problems (RFC 9457) with a stable `code`.',
        license: { name: 'MIT', url: 'https://opensource.org/license/mit' },
        contact: { name: 'The Baton authors' },
      },
      servers: [{ url: '/', description: 'This server: production, staging or local.', 'x-internal': false }],
      tags: Object.entries(tags)
        .map(([name, description]) => ({ name, description }))
        .sort((a, b) => a.name.localeCompare(b.name)),
      paths,
      components: {
        headers: response_headers,
        securitySchemes: {
          bearer: {
            type: 'http',
            scheme: 'bearer',
            bearerFormat: 'JWT',
            description: 'The access token of a session, signed with HS256 only, as RFC8725 recommends.',
          },
          api_token: {
            type: 'http',
            scheme: 'bearer',
            description: 'An API token of one workspace, for the operations that its scopes name.',
          },
        },
      },
    },
    { override: openResponses },
  );
  addExamples(document);
  return document;
}
