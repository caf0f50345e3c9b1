import { readFileSync } from 'node:fs';
import path from 'node:path';
import { pino } from 'pino';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { accessOf, policy } from '../../src/access/policy.ts';
import { createApp } from '../../src/app.ts';
import { readConfig } from '../../src/config.ts';
import { contracts } from '../../src/contracts.ts';
import { createPool } from '../../src/db/pool.ts';
import { carriedBy, type ErrorCode, error_table, problemOf } from '../../src/errors.ts';
import { isList, type Operation } from '../../src/http/contract.ts';
import { permanent_words } from '../../src/reference/openapi-open.ts';
import { openApiDocument } from '../../src/reference/openapi.ts';
import { problemExample } from '../../src/reference/openapi-examples.ts';
import { nonconformities } from '../../../proof/harness/conformance.ts';
import { test_environment } from '../../../proof/harness/server.ts';

const root = path.resolve(import.meta.dirname, '../../..');

function mounted(): readonly Operation[] {
  const url = 'postgres://nobody@127.0.0.1:1/none';
  const config = readConfig({ ...test_environment, DATABASE_URL: url });
  const pool = createPool({ url, max: 1, statement_timeout_ms: 1, lock_timeout_ms: 1, on_error: () => undefined });
  return createApp({
    config,
    pool,
    probe_pool: pool,
    log: pino({ level: 'silent' }),
    lifecycle: { stopping: false },
    hint: () => undefined,
  }).operations;
}

/** What is in only one of the lists. */
function differences(a: readonly string[], b: readonly string[]): string[] {
  return [...a.filter((one) => !b.includes(one)), ...b.filter((one) => !a.includes(one))].sort();
}

/** The fields of an object's contract, even if that is refined or transformed as a whole. */
function fieldsOf(schema: z.core.$ZodType | undefined): Record<string, z.ZodType> {
  if (schema instanceof z.ZodObject) return schema.shape;
  return schema instanceof z.ZodPipe ? fieldsOf(schema.in) : {};
}

type Json = { [member: string]: unknown };

interface Met {
  /** The name of the nearest named schema around it. */
  name: string;
  schema: Json;
  /** Whether any other word is allowed, too. */
  open: boolean;
}

const isAnyWord = ({ type, enum: words }: Json) => type === 'string' && words === undefined;

/** All schemas that the document's requests, or its responses, refer to. */
function schemasOf(document: Json, side: 'requests' | 'responses'): Met[] {
  const operations = Object.values(document['paths'] as Record<string, Json>).flatMap((methods) =>
    Object.values(methods as Record<string, Json>),
  );
  const found: Met[] = [];
  const seen = new Set<string>();
  const walk = (value: unknown, name: string, open = false) => {
    if (typeof value !== 'object' || value === null) return;
    const { $ref, example: _, examples: __, anyOf, ...schema } = value as Json & { $ref?: string; anyOf?: Json[] };
    if ($ref !== undefined && !seen.has($ref)) {
      seen.add($ref);
      const [kind = '', id = ''] = $ref.replace('#/components/', '').split('/');
      walk((document['components'] as Record<string, Json>)[kind]?.[id], kind === 'schemas' ? id : name);
    }
    found.push({ name, schema, open });
    for (const part of Object.values(schema)) walk(part, name);
    for (const part of anyOf ?? []) walk(part, name, anyOf?.some(isAnyWord));
  };
  for (const { requestBody, parameters, responses } of operations) {
    walk(side === 'requests' ? [requestBody, parameters] : responses, 'a path');
  }
  return found;
}

/** Finds responses that could not grow: their schemas allow no further fields, or no further words. */
function closedResponses(document: Json): string[] {
  const faults = schemasOf(document, 'responses').flatMap(({ name, schema, open }) => [
    ...(schema['additionalProperties'] === false ? [`${name} has no room for fields`] : []),
    ...(Array.isArray(schema['enum']) && !permanent_words.includes(name) && !open
      ? [`${name} has a closed list of words`]
      : []),
  ]);
  return [...new Set(faults)].sort();
}

/** Finds requests that could carry undeclared fields. */
function openRequests(document: Json): string[] {
  const faults = schemasOf(document, 'requests').flatMap(({ name, schema }) =>
    schema['properties'] !== undefined && schema['additionalProperties'] !== false ? [`${name} takes any field`] : [],
  );
  return [...new Set(faults)].sort();
}

const ids = (operations: readonly Operation[]) => operations.map(({ id }) => id);

describe('routes, contracts and policies', () => {
  test('list the same operations', () => {
    expect(contracts.length).toBeGreaterThan(40);
    expect(differences(ids(mounted()), ids(contracts))).toEqual([]);
    expect(differences(Object.keys(policy), ids(contracts))).toEqual([]);
  });

  test('declare for every list that it refuses an invalid cursor', () => {
    const lists = contracts.filter(isList);
    expect(lists.length).toBeGreaterThan(10);
    expect(ids(lists.filter(({ errors = [] }) => !errors.includes('invalid_cursor')))).toEqual([]);
  });

  test('are noticed if they differ', () => {
    expect(differences(ids(contracts), ids(contracts).slice(1))).toEqual(['register']);
    expect(() => accessOf('unheard_of')).toThrow('No policy for unheard_of');
  });

  test('are in the OpenAPI document, each once, and nothing else is', () => {
    const document = openApiDocument(contracts) as { paths: Record<string, Record<string, { operationId: string }>> };
    const documented = Object.values(document.paths).flatMap((methods) =>
      Object.values(methods).map(({ operationId }) => operationId),
    );
    expect(documented.toSorted()).toEqual(ids(contracts).toSorted());
  });

  test('produce the committed OpenAPI document', () => {
    const committed = JSON.parse(readFileSync(path.join(root, 'server/openapi.json'), 'utf8')) as object;
    expect(committed).toEqual(JSON.parse(JSON.stringify(openApiDocument(contracts))));
  });

  test('accept UUIDs in any letter case everywhere, and convert them to lower case', () => {
    const lower = '0198c1f2-7a30-7c4e-9a55-3f2b6d1c8e90';
    const other = 'g198c1f2-7a30-7c4e-9a55-3f2b6d1c8e90';
    let taken = 0;
    for (const { id, params, query, body } of contracts) {
      for (const [name, field] of [params, query, body].flatMap((shape) => Object.entries(fieldsOf(shape)))) {
        const wanted = field.safeParse(lower);
        // Text fields accept anything.
        if (!wanted.success || field.safeParse(other).success) continue;
        expect({ id, name, ...field.safeParse(lower.toUpperCase()) }).toEqual({ id, name, ...wanted });
        taken++;
      }
    }
    expect(taken).toBeGreaterThan(60);
  });

  test('bound the length of every list', () => {
    for (const contract of contracts.filter(({ id }) => id.startsWith('list_'))) {
      const most = contract.id === 'list_tickets' ? 500 : 100; // of tickets without their texts
      const bounds = contract.query?.safeParse({ limit: String(most + 1) });
      expect([contract.id, bounds?.success]).toEqual([contract.id, false]);
      expect(contract.query?.safeParse({}).data).toMatchObject({ limit: 50 });
    }
  });

  test('give everything that is created a Location that can be read', () => {
    const shape = (route: string) => route.replaceAll(/\{[\w.]+\}/g, '{}');
    const read = new Set(contracts.flatMap(({ method, path: route }) => (method === 'get' ? [shape(route)] : [])));
    for (const { id, status, location } of contracts.filter((one) => one.status === 201 || one.location)) {
      expect([id, status, read.has(shape(location ?? ''))]).toEqual([id, 201, true]);
    }
  });

  test('require the version that a write is based on, if it replaces what somebody has seen', () => {
    const guarded: Record<string, string> = {
      update_ticket: 'added and removed labels need no version',
      update_notification: 'only the caller changes it, to the state that is sent',
      place_ticket: 'it is relative to the current order, and does not change the ticket’s version',
      set_watching: 'it is the caller’s alone',
      add_reaction: 'it is the caller’s alone',
      change_password: 'it requires the current password instead',
    };
    for (const { id, method, if_match, errors = [] } of contracts) {
      if ((method !== 'put' && method !== 'patch') || id in guarded) continue;
      expect([id, if_match, errors]).toEqual([
        id,
        'required',
        expect.arrayContaining(['precondition_required', 'conflict']),
      ]);
    }
  });

  test('let every write in a project refuse an archived one, except those that do not change its content', () => {
    const allowed: Record<string, string> = {
      update_project: 'it brings the project back',
      archive_project: 'the project is archived already',
      purge_ticket: 'what has to be deleted must be deletable anywhere',
      purge_comment: 'what has to be deleted must be deletable anywhere',
      set_watching: 'it is the caller’s alone',
    };
    const open = contracts
      .filter(({ method, path: route }) => method !== 'get' && /\{(project_id|ticket)\}/.test(route))
      .filter(({ errors = [] }) => !errors.includes('project_archived'));
    expect(ids(open).toSorted()).toEqual(Object.keys(allowed).toSorted());
  });

  test('let an update change every field that its creation takes, or name the operation that does', () => {
    const updates = contracts.filter(({ id }) => id.startsWith('update_'));
    const fixed = updates.flatMap(({ id, body, elsewhere = {} }: Operation) => {
      const created: Operation | undefined = contracts.find((one) => one.id === id.replace('update_', 'create_'));
      const changed = [...Object.keys(fieldsOf(body)), ...Object.keys(elsewhere)];
      return Object.keys(fieldsOf(created?.body))
        .filter((field) => !changed.includes(field))
        .map((field) => `${id} takes no ${field}`);
    });
    expect(fixed).toEqual([]);
  });

  test('let an update change every field of a resource, or say how it is changed, unless only the server decides it', () => {
    const of_the_server =
      /^(id|user_id|role|.*version|.*_(at|by|until|since|category)|state_reason|owner_id|mentions|reactions|author_id|ticket_id|allowed_transitions)$/;
    const silent = contracts
      // The other fields of a notification say what has happened.
      .filter(({ id, method }) => id.startsWith('update_') && id !== 'update_notification' && method === 'patch')
      .flatMap(({ id, body, response, elsewhere = {} }: Operation) => {
        const changed = [...Object.keys(fieldsOf(body)), ...Object.keys(elsewhere)];
        return Object.keys(fieldsOf(response))
          .filter((field) => !changed.includes(field) && !of_the_server.test(field))
          .map((field) => `${id} says nothing of ${field}`);
      });
    expect(silent).toEqual([]);
  });

  test('send the version of everything that has one as its ETag', () => {
    const without = ['get_livez', 'accept_invitation']; // the server's own version; a membership, which get_member returns with its ETag
    const untagged = contracts.filter(
      ({ id, response, etag }) => 'version' in fieldsOf(response) && etag !== true && !without.includes(id),
    );
    expect(contracts.filter(({ etag }) => etag).length).toBeGreaterThan(20);
    expect(ids(untagged)).toEqual([]);
  });

  test('name the workspace first in the path of every operation in it', () => {
    for (const { id, path: route } of contracts) {
      if (typeof accessOf(id) !== 'string') expect(route).toMatch(/^\/v1\/workspaces\/\{workspace_id\}/);
    }
  });
});

describe('errors', () => {
  const documented = [
    ...readFileSync(path.join(root, 'docs/errors.md'), 'utf8').matchAll(/^## (\w+)\n\n(\d+: .+)\.$/gm),
  ];

  test('are documented, each with its status and title, and nothing else is', () => {
    const table = Object.entries(error_table).map(([code, [status, title]]) => `${code} ${status}: ${title}`);
    expect(
      differences(
        documented.map(([, code, heading]) => `${code} ${heading}`),
        table,
      ),
    ).toEqual([]);
  });

  test('are explained, each with the members that its problem always has', () => {
    const sections = readFileSync(path.join(root, 'docs/errors.md'), 'utf8').split(/^## /m).slice(1);
    const unexplained = sections.flatMap((section) => {
      const [code = '', , , ...text] = section.split('\n');
      const explanation = text.join('\n').trim();
      if (explanation === '') return [`${code} has no explanation`];
      const always = Object.entries(carriedBy(code as ErrorCode)).filter(
        ([, shape]) => !z.safeParse(shape, undefined).success,
      );
      return always.flatMap(([name]) =>
        explanation.includes(`\`${name}\``) ? [] : [`${code} does not say what ${name} is`],
      );
    });
    expect(unexplained).toEqual([]);
  });
});

describe('the document', () => {
  const { schemas } = (
    openApiDocument(contracts) as { components: { schemas: Record<string, { properties?: object; anyOf?: object[] }> } }
  ).components;

  test('has one schema for each error code, with the members of its problem', () => {
    type Code = { const?: string; anyOf?: { enum?: string[] }[] };
    const by_code = new Map<string, string>();
    for (const { $ref = '' } of (schemas['Problem'] as { anyOf: { $ref?: string }[] }).anyOf) {
      const name = $ref.replace('#/components/schemas/', '');
      const { code } = (schemas[name]?.properties ?? {}) as { code?: Code };
      const codes = code?.const === undefined ? (code?.anyOf?.[0]?.enum ?? []) : [code.const];
      for (const one of codes) by_code.set(one, name);
    }
    expect([...by_code.keys()].toSorted()).toEqual(Object.keys(error_table).toSorted());
    const carried = (code: string) => Object.keys(schemas[by_code.get(code) ?? '']?.properties ?? {});
    expect(carried('transition_not_allowed')).toEqual(
      expect.arrayContaining(['current_status', 'allowed_transitions']),
    );
    expect(carried('edit_conflict')).toEqual(expect.arrayContaining(['current_version', 'fields']));
    expect(carried('not_found').toSorted()).toEqual(['code', 'detail', 'status', 'title', 'type']);
  });

  test('has an example for every body, path parameter and problem, each valid by its contract', () => {
    interface Documented {
      operationId: string;
      parameters?: { in: string; schema: { example?: unknown } }[];
      requestBody?: { content: { 'application/json': { example?: unknown } } };
    }
    const { paths } = openApiDocument(contracts) as { paths: Record<string, Record<string, Documented>> };
    for (const documented of Object.values(paths).flatMap((methods) => Object.values(methods))) {
      const contract = contracts.find(({ id }) => id === documented.operationId);
      const body = contract?.body?.safeParse(documented.requestBody?.content['application/json'].example);
      expect([contract?.id, body?.error?.issues ?? []]).toEqual([contract?.id, []]);
      for (const { in: place, schema } of documented.parameters ?? []) {
        expect([contract?.id, place, schema.example !== undefined]).toEqual([contract?.id, place, place === 'path']);
      }
    }
    for (const code of Object.keys(error_table) as ErrorCode[]) {
      const parsed = problemOf(code).strict().safeParse(problemExample(code));
      expect([code, parsed.error?.issues ?? []]).toEqual([code, []]);
    }
  });

  test('lists the actions of the audit log, and allows further ones', () => {
    const [known, others] = schemas['AuditAction']?.anyOf ?? [];
    expect(known).toMatchObject({ enum: expect.arrayContaining(['ticket.transitioned', 'comment.created']) });
    expect(others).toMatchObject({ type: 'string', pattern: expect.any(String) });
  });

  test('allows further fields and words in responses, and no undeclared fields in requests', () => {
    const document = JSON.parse(JSON.stringify(openApiDocument(contracts))) as Json;
    expect(closedResponses(document)).toEqual([]);
    expect(openRequests(document)).toEqual([]);
  });

  test('is noticed with a closed response or an open request', () => {
    const document = JSON.parse(JSON.stringify(openApiDocument(contracts))) as Json;
    const named = (document['components'] as { schemas: Record<string, Json> }).schemas;
    named['Ticket'] = { ...named['Ticket'], additionalProperties: false };
    named['RoleOutput'] = { type: 'string', enum: ['owner'] };
    named['WorkflowStatus'] = { ...named['WorkflowStatus'], additionalProperties: true };
    expect(closedResponses(document)).toEqual([
      'RoleOutput has a closed list of words',
      'Ticket has no room for fields',
    ]);
    expect(openRequests(document)).toEqual(['WorkflowStatus takes any field']);
  });

  test('has the complete lists of words that docs/api-stability.md names', () => {
    const text = readFileSync(path.join(root, 'docs/api-stability.md'), 'utf8');
    for (const name of permanent_words) {
      const words = (schemas[name] as { enum?: string[] }).enum ?? [];
      expect(text.replaceAll(/\s+/g, ' ')).toContain(`(${words.map((word) => `\`${word}\``).join(', ')})`);
    }
  });
});

describe('a response', () => {
  const headers = new Headers({ 'x-request-id': 'request-1', 'content-type': 'application/problem+json' });

  test.each([
    ['another status', { status: 201, headers, body: { status: 'ok' } }, 'expected 200'],
    ['another field', { status: 200, headers, body: { status: 'ok', more: 1 } }, 'Unrecognized key'],
    ['an undeclared code', { status: 409, headers, body: { status: 409, code: 'last_owner' } }, 'not declared'],
    [
      'a code with another status',
      { status: 500, headers, body: { status: 500, code: 'rate_limited' } },
      'another status',
    ],
    ['no problem', { status: 500, headers: new Headers({ 'x-request-id': 'request-1' }), body: '' }, 'not a problem'],
    [
      'a member that its code does not carry',
      {
        status: 500,
        headers,
        body: { type: '/docs/errors#internal_error', title: 'x', status: 500, code: 'internal_error', missing: [] },
      },
      'documented',
    ],
    ['a problem without type', { status: 500, headers, body: { status: 500, code: 'internal_error' } }, 'documented'],
    [
      'a header of another form',
      {
        status: 200,
        headers: new Headers({ 'x-request-id': 'request-1', ratelimit: 'limit=7' }),
        body: { status: 'ok' },
      },
      'RateLimit is limit=7',
    ],
    ['no request id', { status: 200, headers: new Headers(), body: { status: 'ok' } }, 'no X-Request-Id'],
  ])('with %s is noticed', (_, answer, says) => {
    expect(nonconformities('get_livez', answer).join()).toContain(says);
  });
});
