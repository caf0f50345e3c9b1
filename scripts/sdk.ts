import { createRequire } from 'node:module';
import path from 'node:path';
import type { Operation } from '../sdk/types.ts';

// The generated half of the SDK: its types, by openapi-typescript, and the table of how each operation is called.

type Json = Record<string, unknown>;

interface Parameter {
  name: string;
  in: 'path' | 'query' | 'header';
}

interface Documented {
  operationId: string;
  summary: string;
  parameters?: Parameter[];
  requestBody?: { content: object };
  responses: Record<string, { headers?: object; content?: object }>;
}

export interface OpenApi extends Json {
  paths: Record<string, Record<string, Documented>>;
  components: { schemas: Json };
}

interface Schema {
  type?: unknown;
  enum?: string[];
  anyOf?: Schema[];
}

/** The parts of TypeScript 5's compiler that are used: TypeScript 7 has no such interface yet. */
interface Compiler {
  SyntaxKind: { StringKeyword: number };
  factory: {
    createKeywordTypeNode: (kind: number) => object;
    createTypeLiteralNode: (members: object[]) => object;
    createIntersectionTypeNode: (types: object[]) => object;
    createParenthesizedType: (type: object) => object;
    createUnionTypeNode: (types: object[]) => object;
    createLiteralTypeNode: (literal: object) => object;
    createStringLiteral: (text: string) => object;
  };
}

interface Generator {
  default: (document: object, options: object) => Promise<{ name?: { text?: string } }[]>;
  astToString: (nodes: object[]) => string;
}

const note = '// Generated from server/openapi.json by `npm run generate`.\n\n';

/** The part of the document that a client's types need: without errors, headers of responses, and examples. */
function trimmed(document: OpenApi): object {
  const bare = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(bare);
    if (typeof value !== 'object' || value === null) return value;
    const { example: _, examples: __, ...rest } = value as Json;
    return Object.fromEntries(Object.entries(rest).map(([name, part]) => [name, bare(part)]));
  };
  const success = ({ responses, ...operation }: Documented) => ({
    ...operation,
    responses: Object.fromEntries(
      Object.entries(responses).flatMap(([status, { headers: _, ...response }]) =>
        status.startsWith('2') ? [[status, response]] : [],
      ),
    ),
  });
  const paths = Object.entries(document.paths).map(([route, methods]) => [
    route,
    Object.fromEntries(Object.entries(methods).map(([method, operation]) => [method, success(operation)])),
  ]);
  const { schemas } = document.components;
  return bare({ ...document, paths: Object.fromEntries(paths), components: { schemas } }) as object;
}

/** A type for each schema, and the input and output of each operation. tools/ must be installed. */
export async function sdkTypes(document: OpenApi): Promise<string> {
  const tool = createRequire(path.resolve(import.meta.dirname, '../tools/package.json'));
  const generator = tool('openapi-typescript') as Generator;
  const { factory, SyntaxKind } = tool('typescript') as Compiler;
  // In a union with plain `string`, the known words would be lost. This keeps them for completion in editors.
  const anyWord = () =>
    factory.createParenthesizedType(
      factory.createIntersectionTypeNode([
        factory.createKeywordTypeNode(SyntaxKind.StringKeyword),
        factory.createTypeLiteralNode([]),
      ]),
    );
  const transform = ({ anyOf = [] }: Schema) => {
    const [known, other] = anyOf;
    if (anyOf.length !== 2 || known?.enum === undefined || other?.type !== 'string') return undefined;
    const words = known.enum.map((word) => factory.createLiteralTypeNode(factory.createStringLiteral(word)));
    return factory.createUnionTypeNode([...words, anyWord()]);
  };
  // What has a default may be left out of a request.
  const options = { transform, rootTypes: true, rootTypesNoSchemaPrefix: true, defaultNonNullable: false };
  const nodes = await generator.default(trimmed(document), options);
  // Paths repeat the operations; there are no webhooks and no definitions.
  const wanted = nodes.filter(({ name }) => !['paths', 'webhooks', '$defs'].includes(name?.text ?? ''));
  return note + generator.astToString(wanted);
}

/** `If-Match`: if_match */
const fieldOf = (header: string) => header.toLowerCase().replaceAll('-', '_');

/** How each operation is called. */
export function sdkOperations(document: OpenApi): string {
  const entries = Object.entries(document.paths).flatMap(([route, methods]) =>
    Object.entries(methods).map(([method, operation]) => {
      const named = (place: Parameter['in']) =>
        (operation.parameters ?? []).filter((parameter) => parameter.in === place).map(({ name }) => name);
      const content = Object.entries(operation.responses).find(([status]) => status.startsWith('2'))?.[1].content;
      const [media] = Object.keys(content ?? {});
      const call: Operation = {
        method: method.toUpperCase(),
        path: route,
        query: named('query'),
        headers: named('header').map(fieldOf),
        body: operation.requestBody !== undefined,
        ...('application/octet-stream' in (operation.requestBody?.content ?? {}) ? { sends: 'bytes' } : {}),
        returns: content !== undefined,
        ...(media === undefined || media === 'application/json'
          ? {}
          : { media: media === 'application/octet-stream' ? 'bytes' : 'text' }),
      };
      return `  /** ${operation.summary} */\n  ${operation.operationId}: ${JSON.stringify(call)},\n`;
    }),
  );
  return `${note}export const operations = {\n${entries.join('')}};\n`;
}
