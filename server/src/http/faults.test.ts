import { expect, test } from 'vitest';
import { contracts } from '../contracts.ts';
import type { Operation } from './contract.ts';
import { faultsOf, faultsOfQuery } from './faults.ts';

const operationOf = (id: string) => contracts.find((one) => one.id === id) as Operation;

function ofBody(id: string, value: unknown): Record<string, string> {
  const { body, elsewhere } = operationOf(id);
  const { error } = body?.safeParse(value) ?? {};
  return Object.fromEntries(
    (error === undefined ? [] : faultsOf(error, 'body', elsewhere)).map(({ pointer = '', detail }) => [
      pointer,
      detail,
    ]),
  );
}

function ofQuery(id: string, value: Record<string, unknown>): Record<string, string> {
  const { error } = operationOf(id).query?.safeParse(value) ?? {};
  return Object.fromEntries(
    (error === undefined ? [] : faultsOfQuery(error, value)).map(({ parameter = '', detail }) => [parameter, detail]),
  );
}

const workflow = { statuses: [{ key: 'open', name: 'Open', category: 'todo' }], initial: ['open'], transitions: [] };

test('a fault of a field says in a sentence what was expected', () => {
  expect(ofBody('register', { email: 'a', name: '', password: 'x', nope: 1 })).toEqual({
    '/email': 'Expected an e-mail address.',
    '/name': 'Expected at least 1 character.',
    '/password': 'Expected at least 10 characters.',
    '/nope': 'Unknown field.',
  });
  expect(ofBody('create_ticket', { title: 3, labels: 'x', priority: 'huge', due_on: '2026-02-31' })).toEqual({
    '/title': 'Expected a string, not a number.',
    '/labels': 'Expected an array, not a string.',
    '/priority': 'Expected one of "none", "low", "medium", "high", "urgent".',
    '/due_on': 'Expected a day, such as 2026-11-24.',
  });
  expect(ofBody('create_ticket', {})).toEqual({ '/title': 'This is required.' });
  expect(ofBody('create_ticket', null)).toEqual({ '': 'Expected an object, not null.' });
});

test('a fault of a parameter says which values it takes, and what to send instead of the parameter twice', () => {
  expect(ofQuery('list_tickets', { assignee: 'you', reporter: 'none', limit: 'abc', nope: '1' })).toEqual({
    assignee: 'Expected a UUID, me or none.',
    reporter: 'Expected a UUID or me.',
    limit: 'Expected a whole number in digits, from 1 to 500.',
    nope: 'Unknown parameter.',
  });
  expect(ofQuery('list_tickets', { limit: '501', created_after: '2026-01-01T00:00:00 02:00' })).toEqual({
    limit: 'Expected a whole number in digits, from 1 to 500.',
    created_after:
      'Expected a time with its time zone, 2026-11-24T09:05:00Z, or a day, 2026-11-24. In a URL + is written %2B.',
  });
  const ids = Array.from({ length: 101 }, () => '00000000-0000-7000-8000-000000000001').join();
  expect(ofQuery('list_tickets', { ids, status: Array.from({ length: 11 }, () => 'open').join() })).toEqual({
    ids: 'Expected at most 100 ids.',
    status: 'Expected at most 10 values.',
  });
});

test.each([
  ['text', { q: ['a', 'b'] }],
  ['a number', { limit: ['1', '2'] }],
  ['a word of a list', { sort: ['rank', '-rank'] }],
  ['values separated by commas', { status: ['open', 'closed'] }],
])('a parameter of %s must be sent once', (_, query) => {
  const [name = ''] = Object.keys(query);
  expect(ofQuery('list_tickets', query)).toEqual({ [name]: expect.stringMatching(/^Send a parameter once;/) });
  expect(ofQuery('list_tickets', { nope: ['1', '2'] })).toEqual({ nope: 'Unknown parameter.' });
});

test('a value of a union gets the faults of the alternative that it was meant to be', () => {
  const withWorkflow = (value: unknown) => ofBody('create_project', { key: 'PX', name: 'x', workflow: value });
  expect(withWorkflow('kanban')).toEqual({
    '/workflow': 'Expected one of "strict", "standard". Or: Expected an object, not a string.',
  });
  expect(withWorkflow({ ...workflow, statuses: [] })).toMatchObject({
    '/workflow/statuses': 'Expected at least 1 item.',
  });
  expect(withWorkflow({ ...workflow, statuses: [{ key: 'open', name: 'Open', category: 'finished' }] })).toEqual({
    '/workflow/statuses/0/category': 'Expected one of "todo", "in_progress", "waiting", "done".',
  });
  expect(withWorkflow({ ...workflow, transitions: [{ to: 'open' }] })).toEqual({
    '/workflow/transitions/0/from': 'This is required.',
  });
});
