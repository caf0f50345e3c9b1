// openapi-typescript needs the compiler API of TypeScript 5, which TypeScript 7 doesn't have yet. Our own document uses
// a small part of JSON Schema, so its types are a small emitter.

export interface JsonSchema {
  $ref?: string;
  type?: string | string[];
  const?: unknown;
  enum?: unknown[];
  anyOf?: JsonSchema[];
  oneOf?: JsonSchema[];
  allOf?: JsonSchema[];
  items?: JsonSchema;
  properties?: Record<string, JsonSchema>;
  required?: string[];
  additionalProperties?: boolean | JsonSchema;
  description?: string;
}

interface Parameter {
  name: string;
  in: 'path' | 'query' | 'header';
  required?: boolean;
  schema: JsonSchema;
}

interface ApiOperation {
  operationId: string;
  summary: string;
  parameters?: Parameter[];
  requestBody?: { content: Record<string, { schema: JsonSchema }> };
  responses: Record<string, { content?: Record<string, { schema: JsonSchema }> }>;
}

export interface OpenApi {
  paths: Record<string, Record<string, ApiOperation>>;
  components: { schemas: Record<string, JsonSchema> };
}

function objectType(schema: JsonSchema): string {
  const required = new Set(schema.required ?? []);
  const fields = Object.entries(schema.properties ?? {}).map(
    ([name, field]) => `${JSON.stringify(name)}${required.has(name) ? '' : '?'}: ${typeOf(field)};`,
  );
  const { additionalProperties: more } = schema;
  if (typeof more === 'object' && fields.length === 0) return `Record<string, ${typeOf(more)}>`;
  return `{ ${fields.join(' ')} }`;
}

/** The TypeScript type of a JSON Schema. */
export function typeOf(schema: JsonSchema): string {
  if (schema.$ref !== undefined) return schema.$ref.slice(schema.$ref.lastIndexOf('/') + 1);
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum !== undefined) return schema.enum.map((value) => JSON.stringify(value)).join(' | ');
  const any = schema.anyOf ?? schema.oneOf;
  if (any !== undefined) {
    const types = any.map(typeOf);
    // Plain `string` would swallow the words that may come; this keeps them for the editor's completion.
    const words = any.some((one) => one.enum !== undefined);
    return types.map((type) => (words && type === 'string' ? '(string & {})' : type)).join(' | ');
  }
  if (schema.allOf !== undefined) return schema.allOf.map(typeOf).join(' & ');
  if (Array.isArray(schema.type)) return schema.type.map((type) => typeOf({ ...schema, type })).join(' | ');
  switch (schema.type ?? '') {
    case 'string':
      return 'string';
    case 'integer':
    case 'number':
      return 'number';
    case 'boolean':
      return 'boolean';
    case 'null':
      return 'null';
    case 'array':
      return `Array<${schema.items === undefined ? 'unknown' : typeOf(schema.items)}>`;
    case 'object':
      return objectType(schema);
    default:
      return 'unknown';
  }
}

const bodyOf = (content: Record<string, { schema: JsonSchema }> | undefined) => content?.['application/json']?.schema;

/** `If-Match`: if_match */
const fieldOf = (header: string) => header.toLowerCase().replaceAll('-', '_');

function inputType(operation: ApiOperation): string {
  const fields = (operation.parameters ?? []).map(({ name, in: place, required, schema }) => {
    const field = place === 'header' ? fieldOf(name) : name;
    return `${field}${required === true ? '' : '?'}: ${typeOf(schema)};`;
  });
  const body = bodyOf(operation.requestBody?.content);
  if (body !== undefined) fields.push(`body: ${typeOf(body)};`);
  return fields.length === 0 ? 'Record<string, never>' : `{ ${fields.join(' ')} }`;
}

function outputType(operation: ApiOperation): string {
  const success = Object.entries(operation.responses).find(([status]) => status.startsWith('2'))?.[1];
  const body = bodyOf(success?.content);
  return body === undefined ? 'undefined' : typeOf(body);
}

/** The SDK's generated half: a type for each schema, input and output of each operation, and how to call it. */
export function sdkTypes(document: OpenApi): string {
  const parts = [
    '// Generated from server/openapi.json by `npm run generate`.',
    ...Object.entries(document.components.schemas)
      .sort(([a], [b]) => a.localeCompare(b))
      .map(([name, schema]) => `export type ${name} = ${typeOf(schema)};`),
  ];
  const operations: string[] = [];
  const table: string[] = [];
  for (const [path, methods] of Object.entries(document.paths)) {
    for (const [method, operation] of Object.entries(methods)) {
      operations.push(
        `  /** ${operation.summary} */\n  ${operation.operationId}: { input: ${inputType(operation)}; output: ${outputType(operation)} };`,
      );
      const named = (place: Parameter['in']) =>
        (operation.parameters ?? []).filter((parameter) => parameter.in === place).map(({ name }) => name);
      const call = {
        method: method.toUpperCase(),
        path,
        query: named('query'),
        headers: named('header').map(fieldOf),
        body: operation.requestBody !== undefined,
        returns: outputType(operation) !== 'undefined',
      };
      table.push(`  ${operation.operationId}: ${JSON.stringify(call)},`);
    }
  }
  parts.push(`export interface Operations {\n${operations.join('\n')}\n}`);
  parts.push(`interface Call {
  method: string;
  path: string;
  query: readonly string[];
  headers: readonly string[];
  /** Whether it takes a body. */
  body: boolean;
  /** Whether a success has a body. */
  returns: boolean;
}`);
  parts.push(`export const operations: Record<keyof Operations, Call> = {\n${table.join('\n')}\n};`);
  return `${parts.join('\n\n')}\n`;
}
