import { z } from 'zod';
import type { ErrorCode } from '../errors.ts';
import { jsonBytesOf, lineFault, normalText, textFault } from '../lib/text.ts';
import { wholeNumber } from './whole-number.ts';

type Shape = z.ZodObject;

/** What one endpoint accepts and returns. The handler's types, validation, openapi.json and the SDK all derive from it. */
export interface Operation {
  /** The operationId: the name in the policy table and of the SDK's method. */
  id: string;
  method: 'get' | 'post' | 'put' | 'patch' | 'delete';
  /** OpenAPI form: `/v1/workspaces/{workspace_id}`. */
  path: `/${string}`;
  tag: string;
  summary: string;
  params?: Shape;
  query?: Shape;
  body?: z.ZodType;
  /** Its body is a file of any type, which is stored as it arrives. */
  upload?: true;
  status: number;
  /** Absent for 204. */
  response?: z.ZodType;
  /** The type of a success that isn't JSON. The handler's result is its text, or a string with a character per byte. */
  media?: 'text/plain' | 'application/x-ndjson' | 'application/octet-stream';
  /** A cache of one client, like a browser's, may store its responses, and asks each time whether they are current. */
  kept?: true;
  /** The last parameter of the path matches the rest of the path, slashes included. */
  deep?: true;
  /** The error codes this endpoint may return beyond those that every endpoint of its kind may. */
  errors?: readonly ErrorCode[];
  /** The resource has a `version`, which is in its ETag. */
  etag?: true;
  /** The Location of what was created, filled from the path's parameters and the response: `/v1/workspaces/{id}`. */
  location?: `/${string}`;
  /** Fields that clients may expect in the body, and what to use instead, which the refusal of such a field says. */
  elsewhere?: Readonly<Record<string, string>>;
  /** Honours If-Match. `required`: it overwrites what somebody has seen, so it needs `version` or If-Match. */
  if_match?: true | 'required';
  /** Its response contains tokens of the caller's session: under a key, only that session gets it again. */
  session_tokens?: true;
  /**
   * What it does with the cookie of a refresh token. `set`: if its body has `keep: 'cookie'`, the token is in the
   * cookie and not in the response. `removed`: it removes the cookie.
   */
  refresh_cookie?: 'set' | 'removed';
  /** The most bytes of the body; 64 KiB by default, and 16 KiB in a public operation. */
  max_body_bytes?: number;
  /** It reads tickets as a list does, without being one. */
  walks?: true;
  /** It counts for a second or so, so one of its kind runs at a time for a workspace and for an account. */
  heavy?: true;
  /** Its events can be read as a stream of server-sent events, too. Last-Event-ID then replaces this parameter. */
  stream_after?: string;
  /** How many requests it counts as towards the rate limit; one, by default. */
  weight?: (body: never) => number;
  /**
   * It can remove a right or a text, so a workspace whose quota of bytes is used up accepts it: always, or with such a
   * body.
   */
  takes_away?: true | ((body: never) => boolean);
}

type Output<T> = T extends z.ZodType ? z.output<T> : undefined;

export type Params<O extends Operation> = Output<O['params']>;
export type Query<O extends Operation> = Output<O['query']>;
/** A file that was received: its id in the store, and what its bytes tell. */
export interface Upload {
  id: string;
  media_type: string;
  size_bytes: number;
  /** The SHA-256 of its bytes. */
  checksum: string;
}

export type Body<O extends Operation> = O extends { upload: true } ? Upload : Output<O['body']>;
export type Response<O extends Operation> = O['response'] extends z.ZodType ? z.output<O['response']> : void;

/** Declares one endpoint, keeping its literal types. */
export function operation<const O extends Operation>(declared: O): O {
  return declared;
}

/** The types that the body of a write may have. A merge patch (RFC 7396) reads as the same JSON does. */
export const bodyTypes = ({ method }: Operation): readonly string[] =>
  method === 'patch' ? ['application/json', 'application/merge-patch+json'] : ['application/json'];

/** The type of server-sent events (WHATWG HTML, 9.2). */
export const event_stream = 'text/event-stream';

/** Whether it reads something that a client may have already. Probes are never cached. */
export const isRead = ({ method, tag }: Operation) => method === 'get' && tag !== 'operations';

/** Whether it lists something, page by page. */
export const isList = ({ query }: Operation) => query !== undefined && 'cursor' in query.shape;

/** Whether its success has an entity tag: all reads have one, and writes of resources with a version. */
export const isTagged = (operation: Operation) => operation.etag === true || isRead(operation);

/**
 * Whether a full workspace refuses it. An operation that removes a right or a text, or has no body, is accepted: an
 * intruder who has filled the workspace can still be demoted.
 */
export function needsRoom({ body, upload, takes_away }: Operation, given?: unknown): boolean {
  if (upload === true) return true;
  if (body === undefined || takes_away === true) return false;
  return takes_away === undefined || given === undefined || !takes_away(given as never);
}

/** As much as a JSON Schema can say of text that can be stored. */
const no_nul = '^[^\\u0000]*$';
/** The same for a line; docs/text.md has the other rules. */
export const one_line = '^[^\\u0000-\\u001f\\u007f-\\u009f\\u2028\\u2029\\u202a-\\u202e\\u2066-\\u2069]*$';

/** Stored text, in a response. */
export function stored(max: number) {
  return z.string().max(max).meta({ pattern: no_nul });
}

/** A text that is too long is refused for its length alone; what else is wrong with it doesn't matter. */
function noFault(max: number, faultOf: (text: string) => string | undefined) {
  return ({ value, issues }: z.core.ParsePayload<string>) => {
    const message = value.length > max ? undefined : faultOf(value);
    if (message !== undefined) issues.push({ code: 'custom', message, input: value });
  };
}

interface Bounds {
  min?: number;
  max: number;
}

/** The most bytes of JSON that a text may become: three for each UTF-16 unit of the longest text. */
const max_text_json_bytes = 3 * 1024 * 1024;

/** Whether a text stays within that bound; only long ones are counted. */
const withinJsonBytes = (text: string) =>
  text.length * 6 <= max_text_json_bytes || jsonBytesOf(text) <= max_text_json_bytes;

/** Text of bounded length, in UTF-16 units, as it is: for secrets, which are compared byte by byte. */
export function verbatim({ min = 0, max }: Bounds) {
  return z.string().min(min).max(max).check(noFault(max, textFault)).meta({ pattern: no_nul });
}

/** Text of bounded length, in UTF-16 units, composed (NFC) and with LF for line ends. */
export function text({ min = 0, max }: Bounds) {
  return z
    .string()
    .overwrite(normalText)
    .min(min)
    .max(max)
    .check(noFault(max, textFault))
    .refine(withinJsonBytes, 'Text must not need more than 3 MiB as JSON.')
    .meta({ pattern: no_nul });
}

/** One line of text: composed (NFC), trimmed, never empty, without characters that make it look like another text. */
export function line(max: number) {
  return z
    .string()
    .overwrite(normalText)
    .trim()
    .min(1)
    .max(max)
    .check(noFault(max, lineFault))
    .meta({ pattern: one_line });
}

/**
 * The value of a field that was renamed. Either name is accepted, and both only if their values are equal. The type of
 * a body says which name is current.
 */
export function renamed<T>(context: z.RefinementCtx, names: { now: string; before: string }, now: T, before: T): T {
  if (now !== undefined && before !== undefined && now !== before) {
    const message = `${names.before} is the former name of ${names.now}: send one of them.`;
    context.addIssue({ code: 'custom', path: [names.now], message });
  }
  return now === undefined ? before : now;
}

/** The former name of a field, in the reference. */
export const formerly = (now: string) => ({ deprecated: true, description: `The former name of \`${now}\`.` });

/** A UUID. A request may send it in any letter case (RFC 9562, section 4); it is converted to lower case. */
export const id = z
  .string()
  .regex(/^[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}$/, 'Expected a UUID.')
  .max(36)
  .toLowerCase()
  .meta({ format: 'uuid', description: 'A UUID.', example: '0198c1f2-7a30-7c4e-9a55-3f2b6d1c8e90' });

export const timestamp = z.string().max(27).meta({ format: 'date-time', example: '2026-11-24T09:05:00.123456Z' });

/** What PostgreSQL knows: it has no year 0, and no zone beyond 15:59. */
const known = (text: string) => !text.startsWith('0000') && !/[+-](1[6-9]|2\d)/.test(text.slice(10));

// The same as patterns of a JSON Schema, from which a client may generate values.
const year = '(?:[1-9]\\d{3}|0[1-9]\\d\\d|00[1-9]\\d|000[1-9])';
const leap_year = '(?:\\d\\d(?:0[48]|[2468][048]|[13579][26])|(?:0[48]|[2468][048]|[13579][26])00)';
const month_and_day =
  '(?:(?:0[13578]|1[02])-(?:0[1-9]|[12]\\d|3[01])|(?:0[469]|11)-(?:0[1-9]|[12]\\d|30)|02-(?:0[1-9]|1\\d|2[0-8]))';
const date_form = `(?:${leap_year}-02-29|${year}-${month_and_day})`;
const time_form = 'T(?:[01]\\d|2[0-3]):[0-5]\\d:[0-5]\\d(?:\\.\\d{1,9})?(?:Z|[+-](?:0\\d|1[0-5]):[0-5]\\d)';

/** ISO 8601 with a time zone. */
const moment = z.iso
  .datetime({ offset: true })
  .max(40)
  .refine(known, 'The year must be 1 or later, and the time zone offset at most 15:59.')
  .meta({ pattern: `^${date_form}${time_form}$`, example: '2026-11-24T09:05:00Z' });

export const role = z.enum(['owner', 'admin', 'member', 'viewer']).meta({ id: 'Role' });
export type Role = z.infer<typeof role>;

/**
 * What each scope allows a token to do, within the rights of its person. A scope is `area:level`; each level of an area
 * includes the ones before.
 */
export const scope_meanings = {
  'workspace:read': 'Read the workspace.',
  'workspace:admin': 'Rename the workspace.',
  'members:read': 'Read members, people, bots and invitations.',
  'members:admin':
    'Invite, change and remove members, without making admins or owners; create, change and remove bots.',
  'projects:read': 'Read projects and their workflows.',
  'projects:admin': 'Create, change and archive projects, and replace their workflows.',
  'tickets:read':
    'Read tickets, their transitions, comments, attachments and activity, with the names of the people who did it.',
  'tickets:write':
    'Create, edit, assign, move, delete and restore tickets; comment on them, react to comments, add and remove attachments.',
  'views:read': 'Read views: those of its person or bot, and those that are shared.',
  'views:write': 'Create, change, share and delete views.',
  'audit:read': 'Read the audit log and the earlier texts of comments.',
  'events:read': 'Read the events of the workspace: for owners and admins, with everything that the audit log records.',
  'notifications:read': 'Read the notifications and settings of its person or bot, and what they watch.',
  'notifications:write': 'Mark notifications as read, archive and snooze them; change the settings; watch tickets.',
  'webhooks:read': 'Read webhooks and what was delivered, without their secrets.',
  'webhooks:admin': 'Create and change webhooks, which send all that the audit log has to any address.',
} as const;
export type TokenScope = keyof typeof scope_meanings;

export const token_scope = z.enum(Object.keys(scope_meanings) as TokenScope[]).meta({ id: 'TokenScope' });

/** A status or resolution, as a workflow names it. */
export const status_key = z
  .string()
  .regex(/^[a-z][a-z0-9_]{0,39}$/)
  .max(40)
  .meta({ example: 'in_progress' });

/** Counts up from 1, as PostgreSQL's integer does. */
export const version = z.int().min(1).max(2_147_483_647).meta({ format: 'int32' });

/** The version that a write is based on. */
export const base_version = version
  .optional()
  .meta({ description: 'The version the change is based on. Alternatively send If-Match.' });

/** The day, `2026-11-24`. */
export const day = z.iso
  .date()
  .max(10)
  .refine(known, 'The year must be 1 or later.')
  .meta({ pattern: `^${date_form}$` });

/** A point in time as a client may send it; a day is its first moment in UTC. */
export const instant = z
  .union([moment, day.transform((text) => `${text}T00:00:00Z`)], {
    error: 'Expected a time with its time zone, 2026-11-24T09:05:00Z, or a day, 2026-11-24.',
  })
  .meta({ description: 'A point in time with a time zone, or a day, which means 00:00 UTC of it.' });

/** Named fields of any kind. */
export const fields = z.record(
  z
    .string()
    .regex(/^[a-z_]+$/)
    .max(60),
  z.unknown(),
);

export const request_id = z
  .string()
  .regex(/^[A-Za-z0-9._-]{8,64}$/)
  .max(64);

/** Words and what they mean, as a list in Markdown. */
export function asList(words: Record<string, string>): string {
  return Object.entries(words)
    .map(([word, meaning]) => `- \`${word}\`: ${meaning}`)
    .join('\n');
}

/** The cursor of the first page, for clients that send every parameter. */
const first_page = 'start';

/** The parameters every list takes. */
export const page_query = z.strictObject({
  limit: wholeNumber({ min: 1, max: 100, by_default: 50 }).meta({
    format: 'int32',
    description: 'The number of items per page, 1 to 100.',
  }),
  cursor: verbatim({ max: 1024 })
    .default(first_page)
    .transform((cursor) => (cursor === first_page ? undefined : cursor))
    .meta({ description: `The \`next_cursor\` of the previous page; \`${first_page}\` is the first page.` }),
});

/** The most values that one filter may name: each takes a separate walk of an index. */
const max_values = 10;

/**
 * The values between commas; a comma or backslash within one has a backslash before it. A backslash at the end stands
 * for itself.
 */
const betweenCommas = (text: string) =>
  (text.match(/(?:\\.|\\$|[^\\,])+|(?<=,|^)(?=,|$)/gs) ?? ['']).map((value) => value.replaceAll(/\\(.)/gs, '$1'));

/**
 * The parameter of a filter: one value, or several separated by commas, which become a sorted set. In errors,
 * `expected` says what a value may be if there is more than one kind, and `of` names the values.
 */
export function several<Value extends string>(
  one: z.ZodType<Value, string>,
  form: { pattern: string; max: number; expected?: string; values?: number; of?: string },
) {
  const { values: most = max_values, of = 'values' } = form;
  const too_many = `Expected at most ${most} ${of}.`;
  const hasMore = (given: unknown) => typeof given === 'string' && betweenCommas(given).length > most;
  return z
    .string()
    .max(form.max, { error: ({ input }) => (hasMore(input) ? too_many : undefined) })
    .transform((text, context): Value[] => {
      const given = betweenCommas(text);
      if (given.length > most) {
        context.addIssue({ code: 'custom', message: too_many });
        return z.NEVER;
      }
      const values = given.flatMap((value) => {
        const parsed = one.safeParse(value);
        if (parsed.success) return [parsed.data];
        const messages =
          form.expected === undefined ? parsed.error.issues.map(({ message }) => message) : [form.expected];
        for (const message of messages) context.addIssue({ code: 'custom', message });
        return [];
      });
      return [...new Set(values)].sort();
    })
    .meta({ pattern: form.pattern });
}

/** The form of an id, within a pattern. */
export const uuid_form = '[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}';

/** The pattern of a list of words of this form. */
export const listed = (word: string, most = max_values) => `^(?:${word})(?:,(?:${word})){0,${most - 1}}$`;

/** The parameter of a read that returns only some fields of a resource, or of each item of a list. */
export function narrowing<Shape extends z.ZodRawShape>({ shape }: z.ZodObject<Shape>) {
  const names = Object.keys(shape);
  const one = `(${names.join('|')})`;
  const known = new Set(names);
  const fields = z
    .string()
    .max(names.join().length)
    .refine((text) => text.split(',').every((name) => known.has(name)), `Expected one or more of: ${names.join(', ')}.`)
    .meta({
      pattern: `^${one}(,${one})*$`,
      example: names.slice(0, 2).join(),
    })
    .optional()
    .transform((text) => [...new Set(text?.split(','))] as (keyof Shape & string)[])
    .meta({ description: 'Return only these fields, separated by commas.' });
  return { fields };
}

/** An Idempotency-Key: visible ASCII without quotes, backslashes and commas. */
export const idempotency_key = z
  .string()
  .regex(/^[!#-+.-[\]-~-]{1,255}$/)
  .max(255)
  .meta({ example: 'b0a3c6de-5d2c-4a9e-8b7a-1f0c2d3e4f50' });

/** The response of a list: one page and the cursor of the next, null at the end. */
export function page<T extends z.ZodType>(item: T, most = 100) {
  return z.strictObject({
    data: z.array(item).max(most),
    next_cursor: z
      .string()
      .regex(/^[A-Za-z0-9_-]+$/)
      .max(1024)
      .nullable(),
  });
}

export const workspace_params = z.strictObject({ workspace_id: id });
