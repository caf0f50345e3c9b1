import fc from 'fast-check';
import { Known } from './nasty.ts';

/** The part of JSON Schema that openapi.json uses. */
export interface Schema {
  $ref?: string;
  type?: string | readonly string[];
  enum?: readonly unknown[];
  const?: unknown;
  anyOf?: readonly Schema[];
  oneOf?: readonly Schema[];
  allOf?: readonly Schema[];
  properties?: Record<string, Schema>;
  required?: readonly string[];
  minProperties?: number;
  maxProperties?: number;
  items?: Schema;
  format?: string;
  pattern?: string;
  minLength?: number;
  maxLength?: number;
  minimum?: number;
  maximum?: number;
}

/** Fields that need an existing value for the request to get far. */
const known = new Set([
  ...['workspace_id', 'project_id', 'ticket', 'user_id', 'assignee_id', 'invitation_id', 'session_id', 'refresh_token'],
  ...[
    'token',
    'email',
    'password',
    'current_password',
    'cursor',
    'expected_version',
    'version',
    'assignee',
    'to',
    'status',
  ],
]);

const ids = fc.constantFrom('0198c1f2-7a30-7c4e-9a55-3f2b6d1c8e90', 'ffffffff-ffff-ffff-ffff-ffffffffffff');

function textOf(schema: Schema): fc.Arbitrary<unknown> {
  if (schema.format === 'uuid') return ids;
  if (schema.format === 'date') return fc.constantFrom('2026-11-24', '0001-01-01', '9999-12-31');
  if (schema.format === 'date-time') return fc.constantFrom('2026-11-24T09:05:00Z', '0001-01-01T00:00:00+14:00');
  if (schema.format === 'email') return fc.integer({ max: 1e9, min: 0 }).map((n) => `${n}@example.com`);
  if (schema.pattern !== undefined) return fc.stringMatching(new RegExp(schema.pattern));
  const { minLength = 0, maxLength = 200 } = schema;
  return fc.string({ unit: 'grapheme-ascii', minLength, maxLength: Math.max(minLength, Math.min(maxLength, 40)) });
}

/** Values that the schema allows, as far as it says; `name` is the name of the field. */
export function fromSchema(schema: Schema, all: Record<string, Schema>, name = ''): fc.Arbitrary<unknown> {
  const own = fromShape(schema, all);
  return known.has(name)
    ? fc.oneof({ weight: 4, arbitrary: fc.constant(new Known(name)) }, { weight: 1, arbitrary: own })
    : own;
}

function objectOf(schema: Schema, all: Record<string, Schema>): fc.Arbitrary<unknown> {
  const { properties = {}, required = [], minProperties = 0, maxProperties = Infinity } = schema;
  const optional = Object.keys(properties).filter((name) => !required.includes(name));
  const minLength = Math.max(0, minProperties - required.length);
  const maxLength = Math.min(optional.length, maxProperties - required.length);
  return fc.subarray(optional, { minLength, maxLength }).chain((some) => {
    const names = [...required, ...some];
    return fc.record(Object.fromEntries(names.map((name) => [name, fromSchema(properties[name] ?? {}, all, name)])));
  });
}

function fromShape(schema: Schema, all: Record<string, Schema>): fc.Arbitrary<unknown> {
  if (schema.$ref !== undefined) return fromShape(all[schema.$ref.split('/').at(-1) ?? ''] ?? {}, all);
  if (schema.const !== undefined) return fc.constant(schema.const);
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum);
  const choices =
    schema.anyOf ??
    schema.oneOf ??
    (Array.isArray(schema.type) ? schema.type.map((type: string) => ({ ...schema, type })) : undefined);
  if (choices !== undefined) return fc.oneof(...choices.map((choice) => fromShape(choice, all)));
  if (schema.allOf?.[0] !== undefined) return fromShape(schema.allOf[0], all);
  switch (schema.type) {
    case 'string':
      return textOf(schema);
    case 'integer':
    case 'number':
      return fc.integer({ min: Math.max(schema.minimum ?? -1000, -1e9), max: Math.min(schema.maximum ?? 1000, 1e9) });
    case 'boolean':
      return fc.boolean();
    case 'array':
      return fc.array(fromShape(schema.items ?? {}, all), { maxLength: 4 });
    case 'object':
      return objectOf(schema, all);
    case undefined:
    default:
      return fc.constant(null);
  }
}
