import { readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { fromSchema, type Schema } from './from-schema.ts';
import { Fields } from './json-text.ts';
import { broken_json, Known, nasty_key, nasty_text, nasty_value, Verbatim } from './nasty.ts';

/** A request in the making: what of it only the actor knows is filled in as it is sent. */
export interface FuzzRequest {
  operation_id: string;
  method: string;
  path: string;
  params: Record<string, unknown>;
  query: (readonly [string, unknown])[];
  /** Absent where the operation takes none. */
  body: { value: unknown; transport: Transport } | undefined;
  content_type: string;
  headers: Record<string, unknown>;
  signed_in: boolean;
  /** Why no 2xx may come of it. */
  breach: string | undefined;
}

/** How the body's bytes differ from its text. */
export type Transport = 'plain' | 'bom' | 'cut' | 'bad_utf8' | 'utf16' | 'empty';

interface Document {
  paths: Record<string, Record<string, DocumentOperation>>;
  components: { schemas: Record<string, Schema> };
}

interface DocumentOperation {
  operationId: string;
  parameters?: { in: string; name: string; schema: Schema; required?: boolean }[];
  requestBody?: { content: { 'application/json': { schema: Schema } } };
}

const file = path.resolve(import.meta.dirname, '../../../openapi.json');

interface Made {
  value: unknown;
  breach?: string;
}

/** One field of an object replaced, left out, added, or there twice. */
function brokenObject(object: Record<string, unknown>): fc.Arbitrary<Made> {
  const entries = Object.entries(object);
  const where = fc.nat({ max: Math.max(0, entries.length - 1) });
  const replaced = fc.tuple(where, nasty_value).map(([at, value]) => ({
    value: new Fields(entries.map((entry, n) => (n === at ? [entry[0], value] : entry))),
  }));
  const missing = where.map((at) => ({ value: new Fields(entries.filter((_, n) => n !== at)) }));
  const added = fc.tuple(nasty_key, nasty_value).map(([key, value]) => {
    const given = { value: new Fields([...entries, [key, value]]) };
    return key in object && Object.hasOwn(object, key)
      ? given
      : key === 'version'
        ? given
        : { ...given, breach: `an unknown field ${JSON.stringify(key)}` };
  });
  const twice = fc.tuple(where, nasty_value).map(([at, value]) => {
    const entry = entries[at];
    return { value: new Fields(entry === undefined ? entries : [...entries, [entry[0], value], entry]) };
  });
  const invalid = fc.tuple(where, broken_json).map(([at, text]) => ({
    value: new Fields([...entries.filter((_, n) => n !== at), ['x', new Verbatim(text)]]),
    breach: 'no JSON, or an unknown field',
  }));
  // A fault within one field, one level down.
  const inner = entries.flatMap(([name, field], at) => {
    if (typeof field !== 'object' || field === null || Array.isArray(field) || field instanceof Known) return [];
    return [
      brokenObject(field as Record<string, unknown>).map(({ value }) => ({
        value: new Fields(entries.map((entry, n) => (n === at ? [name, value] : entry))),
      })),
    ];
  });
  return fc.oneof(replaced, missing, added, twice, invalid, ...inner);
}

function bodyOf(schema: Schema, all: Record<string, Schema>): fc.Arbitrary<Made> {
  const valid = fromSchema(schema, all) as fc.Arbitrary<Record<string, unknown>>;
  return fc.oneof(
    { weight: 4, arbitrary: valid.map((value) => ({ value })) },
    { weight: 5, arbitrary: valid.chain(brokenObject) },
    { weight: 1, arbitrary: nasty_value.map((value) => ({ value })) },
  );
}

const transport = fc.oneof(
  { weight: 30, arbitrary: fc.constant<Transport>('plain') },
  { weight: 3, arbitrary: fc.constantFrom<Transport>('bom', 'cut', 'bad_utf8', 'utf16', 'empty') },
);
const content_type = fc.oneof(
  { weight: 30, arbitrary: fc.constant('application/json') },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      'application/json; charset=utf-8',
      'Application/JSON',
      'application/json;charset="UTF-8";x=y',
    ),
  },
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      ...[
        'text/plain',
        'text/json',
        'application/x-www-form-urlencoded',
        'multipart/form-data; boundary=x',
        'application/xml',
      ],
      ...[
        'application/json; charset=latin1',
        'application/json; charset=utf-16',
        'application/problem+json',
        '',
        '/',
        'application/json,text/html',
      ],
    ),
  },
);
const if_match = fc.constantFrom<unknown>(
  ...[
    '*',
    '"1"',
    'W/"1"',
    '"1", "2"',
    '1',
    '"',
    '""',
    '"1", *',
    ' * ',
    '"99999999999999999999"',
    '"-1"',
    ',',
    '"\u00e9"',
    '"a b"',
    '"1"'.repeat(200),
  ],
);
const odd_headers: fc.Arbitrary<Record<string, unknown>> = fc.oneof(
  { weight: 12, arbitrary: fc.constant({}) },
  { weight: 3, arbitrary: if_match.map((value) => ({ 'if-match': value })) },
  {
    weight: 2,
    arbitrary: fc.constantFrom<Record<string, unknown>>(
      { 'content-encoding': 'gzip' },
      { 'content-encoding': 'br, identity' },
      { 'content-encoding': 'identity' },
      { accept: 'text/html' },
      { 'accept-encoding': 'x;q=nonsense' },
      { authorization: 'Bearer' },
      { authorization: 'Bearer a.b.c' },
      { authorization: 'Basic OjpA' },
      { 'x-request-id': '"; drop' },
      { 'user-agent': '\u00ff'.repeat(500) },
      { 'x-forwarded-for': '::1, 999.1.1.1, a' },
      { origin: 'null' },
      { 'if-none-match': '*' },
      { range: 'bytes=0-0' },
      { cookie: '__proto__=1; a' },
    ),
  },
);

function queryOf(parameters: { name: string; schema: Schema }[], all: Record<string, Schema>) {
  const some = parameters.map(({ name, schema }) =>
    fc
      .option(fc.oneof({ weight: 3, arbitrary: fromSchema(schema, all, name) }, { weight: 1, arbitrary: nasty_text }), {
        freq: 3,
        nil: undefined,
      })
      .map((value) => [name, value] as const),
  );
  const given = fc.tuple(...some).map((pairs) => pairs.filter(([, value]) => value !== undefined));
  const names = new Set(parameters.map(({ name }) => name));
  const extra = fc.oneof(
    { weight: 9, arbitrary: fc.constant<(readonly [string, unknown])[]>([]) },
    { weight: 1, arbitrary: fc.tuple(nasty_key, nasty_text).map((pair) => [pair]) },
  );
  return fc.tuple(given, extra).map(([pairs, more]) => ({
    query: [...pairs, ...more],
    breach: more.some(([name]) => name !== '' && !names.has(name)) ? 'an unknown parameter' : undefined,
  }));
}

function requestsOf(
  method: string,
  url: string,
  { operationId, parameters = [], requestBody }: DocumentOperation,
  all: Record<string, Schema>,
): fc.Arbitrary<FuzzRequest> {
  const inPath = parameters.filter((parameter) => parameter.in === 'path');
  const params = fc.record(
    Object.fromEntries(
      inPath.map(({ name, schema }) => [
        name,
        fc.oneof(
          { weight: 12, arbitrary: fc.constant<unknown>(new Known(name)) },
          { weight: 1, arbitrary: fromSchema(schema, all, name) },
          { weight: 1, arbitrary: nasty_text.map((text) => (/^\.{0,2}$/.test(text) ? '_' : text)) },
        ),
      ]),
    ),
  );
  const schema = requestBody?.content['application/json'].schema;
  const body = schema === undefined ? fc.constant(undefined) : bodyOf(schema, all);
  const signed_in = fc.oneof({ weight: 9, arbitrary: fc.constant(true) }, { weight: 1, arbitrary: fc.constant(false) });
  const query = queryOf(
    parameters.filter((parameter) => parameter.in === 'query'),
    all,
  );
  return fc.record({ params, body, query, transport, content_type, headers: odd_headers, signed_in }).map((made) => ({
    operation_id: operationId,
    method: method.toUpperCase(),
    path: url,
    params: made.params,
    query: made.query.query,
    body: made.body === undefined ? undefined : { value: made.body.value, transport: made.transport },
    content_type: made.content_type,
    headers: made.headers,
    signed_in: made.signed_in,
    breach:
      made.query.breach ??
      (made.body?.breach !== undefined && made.transport !== 'empty' ? made.body.breach : undefined),
  }));
}

/** What ends or empties the workspace or the session that the others work in. */
const last = new Set(['logout', 'delete_workspace', 'delete_project', 'change_password']);

/** Requests of every operation of openapi.json, sound and broken; the first of the pair may go in any order. */
export function requestArbitraries(): {
  any: fc.Arbitrary<FuzzRequest>;
  last: fc.Arbitrary<FuzzRequest>;
  operations: number;
} {
  const document = JSON.parse(readFileSync(file, 'utf8')) as Document;
  const all = document.components.schemas;
  const made = Object.entries(document.paths).flatMap(([url, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      id: operation.operationId,
      arbitrary: requestsOf(method, url, operation, all),
    })),
  );
  const of = (ends: boolean) =>
    fc.oneof(...made.filter(({ id }) => last.has(id) === ends).map(({ arbitrary }) => arbitrary));
  return { any: of(false), last: of(true), operations: made.length };
}
