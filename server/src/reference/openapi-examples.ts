import { type ErrorCode, type ErrorData, error_table, type PlainErrorCode } from '../errors.ts';
import { kind, mailed_by_default } from '../notifications/contract.ts';

// The reference's examples. Without them, a page generates values by pattern and length: one click on "Try it out" then
// registers an account with a random password.

type Json = Record<string, unknown>;

const uuid = '0198c1f2-7a30-7c4e-9a55-3f2b6d1c8e90';
const at = '2026-11-24T09:05:00.123456Z';

const team_workflow = {
  statuses: [
    { key: 'todo', name: 'Todo', category: 'todo' },
    { key: 'doing', name: 'Doing', category: 'in_progress' },
    { key: 'done', name: 'Done', category: 'done' },
  ],
  initial: ['todo'],
  transitions: [
    { from: 'todo', to: 'doing', roles: ['owner', 'admin', 'member'], requires: ['assignee_id'] },
    { from: 'doing', to: 'done', roles: ['owner', 'admin', 'member'], requires: ['resolution'] },
  ],
  resolutions: ['fixed', 'wont_fix'],
};

/** Examples of bodies, by operation, that aren't simply composed of all their fields. */
const bodies: Record<string, unknown> = {
  register: { email: 'ada@example.com', password: 'correct horse battery', name: 'Ada' },
  update_me: { name: 'Ada' },
  request_password_reset: { email: 'ada@example.com' },
  create_workspace: { name: 'Harbour' },
  update_workspace: { name: 'Harbour', version: 1 },
  create_invitation: { email: 'grace@example.com', role: 'member' },
  update_member: { role: 'member' },
  update_bot: { name: 'Triage' },
  create_token: { name: 'Triage agent', scopes: ['tickets:write', 'projects:read'], expires_in_days: 30 },
  create_project: { key: 'ENG', name: 'Engineering', workflow: 'strict' },
  create_ticket: {
    title: 'The crane drops its load',
    description: 'Seen twice this week.',
    priority: 'high',
    labels: ['crane'],
    place: { at: 'top' },
  },
  replace_workflow: { ...team_workflow, version: 1 },
  set_assignee: { assignee_id: null, version: 1 },
  place_ticket: { at: 'top' },
  transition_ticket: { to: 'in_progress', comment: 'On it.' },
  create_view: {
    name: 'Urgent',
    query: { project_id: 'ENG', priority: 'high,urgent', sort: '-updated_at' },
    shared: true,
  },
  update_view: { shared: true, version: 1 },
  update_preferences: { theme: 'dark', keys: { go_board: 'g b' }, version: 1 },
  change_tickets: {
    changes: [
      { ticket: 'ENG-123', update: { labels_add: ['crane'] } },
      { ticket: 'ENG-124', transition: { to: 'in_progress', version: 3 } },
    ],
  },
  create_webhook: { url: 'https://receiver.example/baton', types: ['ticket.created', 'ticket.transitioned'] },
  update_webhook: { state: 'paused', version: 1 },
  rotate_webhook_secret: { overlap_s: 86400 },
  redeliver: { from: '0000000000000042', to: '0000000000000050' },
  update_project: { name: 'Engineering', version: 1 },
  update_ticket: { title: 'The crane dropped its load', version: 1 },
  update_notification: { read: true },
  read_notifications: { up_to: uuid },
  update_notification_settings: { kinds: { commented: false }, version: 1 },
  set_watching: { choice: 'watching' },
  add_attachment: 'The bytes of the file',
};

/** Each kind of notification, on or off. */
const switches = (on: readonly string[]): Json =>
  Object.fromEntries(kind.options.map((name) => [name, on.includes(name)]));

const heads = {
  request_head: 'POST /… HTTP/1.1\nhost: receiver.example\ncontent-type: application/json',
  response_head: 'HTTP/1.1 200 OK\nContent-Length: 2',
  response_body: 'ok',
};

/** Examples of fields by name, for those whose schema has none. */
const fields: Json = {
  ...team_workflow,
  actor_name: 'Grace',
  assignees: [],
  access_token: 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIwMTk4In0.c2lnbmF0dXJl',
  attempts: 1,
  duration_ms: 48,
  error: null,
  failing_since: null,
  finished_at: at,
  last_error: null,
  last_status: 200,
  log: [{ at, duration_ms: 48, status: 200, error: null, ...heads }],
  next_attempt_at: null,
  previous_secret_until: null,
  project_ids: null,
  queued: 9,
  ...heads,
  secret: 'whsec_bm90IGEgc2VjcmV0LCBidXQgdGhpcnR5LXR3byBieXQ=',
  state_reason: null,
  types: ['ticket.created', 'ticket.transitioned'],
  url: 'https://receiver.example/baton',
  after: { status: 'in_progress' },
  allowed_transitions: ['resolved'],
  archived_at: null,
  before: { status: 'open' },
  category: 'in_progress',
  body: 'The brake is worn. I have ordered a new one.',
  comment: 'New brake.',
  comment_excerpt: 'The brake is worn. I have ordered a new one.',
  created_at: at,
  current_password: 'correct horse battery',
  deleted_at: null,
  deleted_by: null,
  description: 'Seen twice this week.',
  detail: {},
  due_on: null,
  edited_at: null,
  excerpt: 'Seen twice this week.',
  expires_in: 900,
  from: 'open',
  ip: '203.0.113.7',
  kinds: ['moved', 'commented'],
  labels: ['crane'],
  labels_add: ['crane'],
  labels_remove: ['hook'],
  marked: 3,
  problem: null,
  done: true,
  refused: 0,
  mentions: [],
  more: false,
  mail: switches(mailed_by_default),
  quiet_hours: { from: '22:00', to: '07:00', time_zone: 'Europe/Berlin' },
  muted_project_ids: [],
  name: 'Grace',
  new_password: 'staple battery horse',
  last_used_at: null,
  next_cursor: null,
  number: 1,
  password: 'correct horse battery',
  purged_at: null,
  read_at: null,
  reasons: ['assignee', 'commented'],
  refresh_token: `brt_${'x'.repeat(86)}`,
  request_id: 'b1c2d3e4-0000-4000-8000-000000000001',
  requires: [],
  scopes: ['tickets:write', 'projects:read'],
  resolution: null,
  roles: ['owner', 'admin', 'member'],
  sequence: 1,
  status_category: 'in_progress',
  snoozed_until: null,
  stop_reason: null,
  subject_version: 2,
  ticket_title: 'The crane drops its load',
  title: 'The crane drops its load',
  to: 'in_progress',
  unread: 3,
  token: `bit_${'x'.repeat(86)}`,
  user_agent: 'curl/8.14.1',
  version: 1,
  webhook_description: null,
  webhook_origin: null,
  workflow_version: 1,
};

const a_day = { count: 12, p50_s: 86_400, p85_s: 86_400, p95_s: 86_400 };

/** Examples of fields by schema, for names that mean different things. */
const fields_of: Record<string, Json> = {
  QuietHours: { from: '22:00', to: '07:00' },
  Notification: {
    from_status: 'open',
    to_status: 'in_progress',
    webhook_id: null,
  },
  NotificationKinds: switches(kind.options),
  User: { name: 'Ada' },
  View: { name: 'Urgent' },
  OpenedView: { name: 'Urgent' },
  Preferences: { time_zone: 'Europe/Berlin', language: 'en-GB' },
  Workspace: { name: 'Harbour' },
  ApiToken: { name: 'Triage agent' },
  NewApiToken: { name: 'Triage agent', token: `bat_${'x'.repeat(92)}` },
  Project: { name: 'Engineering' },
  WorkflowStatus: { name: 'In progress', category: 'in_progress' },
  Flow: {
    from: '2026-11-01',
    to: '2026-11-01',
    buckets: [
      {
        from: '2026-10-31T23:00:00.000000Z',
        before: '2026-11-01T23:00:00.000000Z',
        created: 12,
        completed: 9,
        reopened: 1,
        at_end: [{ status: 'open', category: 'todo', tickets: 30 }],
      },
    ],
    not_counted: [],
  },
  Times: {
    from: '2026-11-01',
    to: '2026-11-30',
    statuses: [{ status: 'open', category: 'todo', ...a_day, total_s: 1_036_800 }],
  },
  Ageing: { statuses: [{ status: 'open', category: 'todo', age: a_day, in_status: a_day }] },
};

type CarryingErrorCode = Exclude<ErrorCode, PlainErrorCode>;

/** Examples of the members that a problem has besides those of every problem. */
const carried: { [C in CarryingErrorCode]: ErrorData<C> } & { [C in PlainErrorCode]?: ErrorData<C> } = {
  forbidden: { role: 'viewer', required: ['owner', 'admin', 'member'] },
  conflict: { current_version: 4 },
  status_in_use: { statuses: [{ status: 'waiting', tickets: 3 }] },
  resolution_in_use: { resolutions: [{ status: 'resolved', resolution: 'duplicate', tickets: 3 }] },
  mapping_too_large: { tickets: 12_000, max_tickets: 10_000 },
  transition_not_allowed: {
    from: 'open',
    to: 'closed',
    current_status: 'open',
    current_version: 1,
    allowed_transitions: ['resolved'],
  },
  edit_conflict: {
    current_version: 4,
    fields: {
      title: { base: 'The crane drops its load', mine: 'Crane!', theirs: 'The crane dropped its load', by: uuid, at },
    },
  },
  changes_refused: {
    refused: [
      {
        index: 1,
        ticket: 'ENG-124',
        problem: {
          type: '/docs/errors#conflict',
          title: error_table.conflict[1],
          status: 409,
          code: 'conflict',
          current_version: 4,
        },
      },
    ],
  },
  insufficient_scope: { scopes: ['tickets:read'], required: 'tickets:write' },
  precondition_failed: { current_version: 4 },
  validation_failed: { errors: [{ pointer: '/title', detail: 'Expected at least 1 character.' }] },
  fields_required: { missing: ['resolution'] },
  quota_exceeded: { quota: 'projects_per_workspace', limit: 100 },
  redelivery_refused: { reason: 'not_wanted' },
};

/** A problem as the server sends it. */
export function problemExample(code: ErrorCode): Json {
  const [status, title] = error_table[code];
  return { type: `/docs/errors#${code}`, title, status, code, ...carried[code] };
}

interface Schema extends Json {
  $ref?: string;
  example?: unknown;
  default?: unknown;
  const?: unknown;
  enum?: unknown[];
  anyOf?: Schema[];
  items?: Schema;
  properties?: Record<string, Schema>;
  format?: string;
  type?: string;
}

type Schemas = Record<string, Schema>;

/** The example of a schema: its own, or one composed of those of its fields. Throws if there is none. */
function exampleOf(schema: Schema, schemas: Schemas, name = ''): unknown {
  if (schema.$ref !== undefined) {
    const id = schema.$ref.slice(schema.$ref.lastIndexOf('/') + 1);
    const example = exampleOf(schemas[id] ?? {}, schemas, name);
    const own = fields_of[id.replace(/Output$/, '')]; // a schema that requests use, too
    return own === undefined ? example : { ...(example as Json), ...own };
  }
  if (schema.properties !== undefined) {
    if (schema.example !== undefined) return schema.example;
    const parts = Object.entries(schema.properties).map(([field, part]) => [field, exampleOf(part, schemas, field)]);
    return Object.fromEntries(parts);
  }
  if (name in fields) return fields[name];
  for (const given of [schema.example, schema.const, schema.default, schema.enum?.[0]]) {
    if (given !== undefined) return given;
  }
  if (schema.anyOf !== undefined) return exampleOf(schema.anyOf[0] ?? {}, schemas, name);
  if (schema.items !== undefined) return [exampleOf(schema.items, schemas)];
  if (schema.format === 'uuid') return uuid;
  if (schema.format === 'date-time') return at;
  if (schema.type === 'boolean') return false;
  if (schema.type === 'null') return null;
  throw new Error(`The reference has no example for ${name}. Add it to reference/openapi-examples.ts.`);
}

function withoutExamples(schema: Schema): void {
  delete schema.example;
  for (const one of schema.anyOf ?? []) withoutExamples(one);
}

interface Documented extends Json {
  operationId: string;
  parameters?: { in: string; schema: Schema }[];
  requestBody?: { content: Record<string, { schema: Schema; example?: unknown }> };
}

/**
 * Adds an example to every body and schema, and removes it from every filter and header, because a page and a generated
 * collection would send all of them by default.
 */
export function addExamples(document: object): void {
  const { paths, components } = document as {
    paths: Record<string, Record<string, Documented>>;
    components: { schemas: Schemas };
  };
  const { schemas } = components;
  for (const { operationId, parameters, requestBody } of Object.values(paths).flatMap((path) => Object.values(path))) {
    for (const { in: place, schema } of parameters ?? []) if (place !== 'path') withoutExamples(schema);
    for (const body of Object.values(requestBody?.content ?? {})) {
      body.example = bodies[operationId] ?? exampleOf(body.schema, schemas);
    }
  }
  for (const [id, schema] of Object.entries(schemas)) {
    if (schema.properties !== undefined && !id.endsWith('Problem')) schema.example = exampleOf({ $ref: id }, schemas);
  }
}
