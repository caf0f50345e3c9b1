import { readFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import type { RawResponse } from '../index.ts';
import { openApiDocument } from '../../server/src/reference/openapi.ts';
import { contracts } from '../../server/src/contracts.ts';

type Json = Record<string, unknown>;

interface Parameter {
  name: string;
  in: 'path' | 'query' | 'header';
  required?: boolean;
  schema: Json;
}

interface Declared {
  method: string;
  path: string;
  parameters: Parameter[];
  body?: Json;
  /** Of a success. */
  status: number;
  response?: Json;
}

/** The parts of a contract that are kept with a release. */
interface Parts {
  operations: Record<string, Declared>;
  schemas: Json;
}

/** What a request is, as it goes over the wire. */
export interface Sent {
  method: string;
  url: URL;
  headers: Headers;
  body: unknown;
}

/** Without what closes a response: a client has to ignore fields that it doesn't know. */
function opened(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(opened);
  if (typeof schema !== 'object' || schema === null) return schema;
  const parts = Object.entries(schema).filter(([name, value]) => name !== 'additionalProperties' || value !== false);
  return Object.fromEntries(parts.map(([name, value]) => [name, opened(value)]));
}

/** What is at a path; undefined where nothing is. */
function valueAt(value: unknown, at: readonly PropertyKey[]): unknown {
  return at.reduce((part, name) => (part as Record<PropertyKey, unknown> | null | undefined)?.[name], value);
}

const local = (value: unknown) =>
  JSON.parse(JSON.stringify(value).replaceAll('#/components/schemas/', '#/$defs/')) as Json;

/** The contract of a version: what its requests may be, and what its successes are. */
export class Contract {
  readonly operations: Record<string, Declared>;
  readonly #schemas: Json;
  readonly #compiled = new Map<string, z.ZodType>();

  constructor({ operations, schemas }: Parts) {
    this.operations = operations;
    this.#schemas = schemas;
  }

  #compile(name: string, schema: Json, open: boolean): z.ZodType {
    const known = this.#compiled.get(name);
    if (known !== undefined) return known;
    const whole = local({ ...schema, $defs: this.#schemas });
    const made = z.fromJSONSchema((open ? opened(whole) : whole) as Parameters<typeof z.fromJSONSchema>[0]);
    this.#compiled.set(name, made);
    return made;
  }

  #issues(name: string, schema: Json, value: unknown, open: boolean) {
    return this.#compile(name, schema, open).safeParse(value).error?.issues ?? [];
  }

  /**
   * What of a success a client of this version would not understand. A server of an earlier version lacks what came
   * since.
   */
  faultsOfResponse(id: string, { status, body }: RawResponse, { earlier = false } = {}): string[] {
    const declared = this.operations[id];
    if (declared === undefined) return [`${id} is unknown`];
    if (status !== declared.status) return [`${id}: ${status} instead of ${declared.status}`];
    if (declared.response === undefined) return body === undefined ? [] : [`${id}: a body where none belongs`];
    return this.#issues(`${id}'s response`, declared.response, body, true)
      .filter(({ path: at }) => !earlier || valueAt(body, at) !== undefined)
      .map(({ path: at, message }) => `${id}: ${at.join('.')}: ${message}`);
  }

  /** What of a request a server of this version would refuse. */
  faultsOfRequest({ method, url, headers, body }: Sent): string[] {
    const found = Object.entries(this.operations).find(
      ([, one]) =>
        one.method === method && new RegExp(`^${one.path.replaceAll(/\{\w+\}/g, '[^/]+')}$`).test(url.pathname),
    );
    if (found === undefined) return [`${method} ${url.pathname} is unknown`];
    const [id, declared] = found;
    const of = (place: Parameter['in']) => declared.parameters.filter((one) => one.in === place);
    const query = of('query').map(({ name }) => name);
    const unknown = [...url.searchParams.keys()].filter((name) => !query.includes(name));
    return [
      ...unknown.map((name) => `${id}: the parameter ${name} is unknown`),
      ...(headers.has('idempotency-key') ? [`${id}: Idempotency-Key is not supported`] : []),
      ...of('header')
        .filter(({ name, required }) => required === true && !headers.has(name))
        .map(({ name }) => `${id}: ${name} is missing`),
      ...(declared.body === undefined
        ? body === undefined
          ? []
          : [`${id}: a body where none belongs`]
        : this.#issues(`${id}'s body`, declared.body, body, false).map(({ message }) => `${id}: ${message}`)),
    ];
  }
}

/** The contract that was kept with a release. */
export function releasedContract(version: string): Contract {
  const file = path.resolve(import.meta.dirname, `../releases/${version}/contract.json`);
  return new Contract(JSON.parse(readFileSync(file, 'utf8')) as Parts);
}

interface Documented {
  operationId: string;
  parameters?: Parameter[];
  requestBody?: { content: Record<string, { schema: Json }> };
  responses: Record<string, { content?: Record<string, { schema: Json }> }>;
}

/** The same of this version, as openapi.json has it. */
export function presentParts(): Parts {
  const { paths, components } = JSON.parse(JSON.stringify(openApiDocument(contracts))) as {
    paths: Record<string, Record<string, Documented>>;
    components: { schemas: Json };
  };
  const operations = Object.entries(paths).flatMap(([route, methods]) =>
    Object.entries(methods).map(([method, { operationId, parameters = [], requestBody, responses }]) => {
      const [status = '', success] = Object.entries(responses).find(([one]) => one.startsWith('2')) ?? [];
      const body = requestBody?.content['application/json']?.schema;
      const response = success?.content?.['application/json']?.schema;
      const declared: Declared = { method: method.toUpperCase(), path: route, parameters, status: Number(status) };
      return [operationId, { ...declared, ...(body && { body }), ...(response && { response }) }] as const;
    }),
  );
  return { operations: Object.fromEntries(operations), schemas: components.schemas };
}

export function presentContract(): Contract {
  return new Contract(presentParts());
}
