import { readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { fromSchema, type Schema } from './from-schema.ts';
import { Fields } from './json-text.ts';
import { broken_json, Known, nasty_key, nasty_text, nasty_value, Verbatim } from './nasty.ts';
import { content_type, odd_headers } from './odd-headers.ts';

/** A request with placeholders, which are filled in with the actors' values as it is sent. */
export interface FuzzRequest {
  operation_id: string;
  method: string;
  path: string;
  params: Record<string, unknown>;
  query: (readonly [string, unknown])[];
  /** Absent if the operation takes none. */
  body: { value: unknown; transport: Transport } | undefined;
  content_type: string;
  headers: Record<string, unknown>;
  who: Who;
  /** Why the response must not be 2xx. */
  breach: string | undefined;
}

/** The caller: a person of the workspace, a member of another one, or nobody. */
export type Who = 'owner' | 'member' | 'viewer' | 'stranger' | 'nobody';

/** How the bytes of the body differ from its text. */
export type Transport = 'plain' | 'bom' | 'cut' | 'bad_utf8' | 'utf16' | 'empty';

interface Document {
  paths: Record<string, Record<string, DocumentOperation>>;
  components: { schemas: Record<string, Schema> };
}

interface DocumentOperation {
  operationId: string;
  parameters?: { in: string; name: string; schema: Schema; required?: boolean }[];
  /** A file has no schema. */
  requestBody?: { content: { 'application/json'?: { schema: Schema } } };
}

const file = path.resolve(import.meta.dirname, '../../../server/openapi.json');

interface Made {
  value: unknown;
  breach?: string;
}

/** An object with one field replaced, left out, added or repeated. */
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
  // PostgreSQL and UTF-8 can't represent these; otherwise the text is valid.
  const texts = entries.flatMap(([, field], n) => (typeof field === 'string' ? [n] : []));
  const unstorable = fc
    .tuple(texts.length > 0 ? fc.constantFrom(...texts) : where, fc.constantFrom('\0', '\0', '\0', '\ud800'))
    .map(([at, unit]) => ({
      value: new Fields(
        entries.map(([name, field], n) => [name, n === at ? (typeof field === 'string' ? field : 'a') + unit : field]),
      ),
    }));
  // A fault within a field, one level down.
  const inner = entries.flatMap(([name, field], at) => {
    if (typeof field !== 'object' || field === null || Array.isArray(field) || field instanceof Known) return [];
    return [
      brokenObject(field as Record<string, unknown>).map(({ value }) => ({
        value: new Fields(entries.map((entry, n) => (n === at ? [name, value] : entry))),
      })),
    ];
  });
  return fc.oneof(replaced, unstorable, unstorable, missing, added, twice, invalid, ...inner);
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
  const schema = requestBody?.content['application/json']?.schema;
  const body = schema === undefined ? fc.constant(undefined) : bodyOf(schema, all);
  const who = fc.oneof(
    { weight: 12, arbitrary: fc.constant<Who>('owner') },
    { weight: 4, arbitrary: fc.constantFrom<Who>('member', 'viewer', 'stranger', 'nobody') },
  );
  const query = queryOf(
    parameters.filter((parameter) => parameter.in === 'query'),
    all,
  );
  return fc.record({ params, body, query, transport, content_type, headers: odd_headers, who }).map((made) => ({
    operation_id: operationId,
    method: method.toUpperCase(),
    path: url,
    params: made.params,
    query: made.query.query,
    body: made.body === undefined ? undefined : { value: made.body.value, transport: made.transport },
    content_type: made.content_type,
    headers: made.headers,
    who: made.who,
    breach:
      made.query.breach ??
      (made.body?.breach !== undefined && made.transport !== 'empty' ? made.body.breach : undefined),
  }));
}

/** Operations that end or empty the workspace or session that all others use. */
const last = new Set(['logout', 'delete_workspace', 'archive_project', 'change_password']);

/**
 * Requests for every operation of openapi.json, valid and broken. Those of `any` may go in any order; those of `last` must come
 * after them.
 */
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
      weight: operation.requestBody === undefined ? 1 : 3, // a body can be wrong in more ways
    })),
  );
  const of = (ends: boolean) => fc.oneof(...made.filter(({ id }) => last.has(id) === ends));
  return { any: of(false), last: of(true), operations: made.length };
}
