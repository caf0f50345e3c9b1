import { expect, test } from 'vitest';
import { audit_action } from '../../../../server/src/audit/contract.ts';
import { groups, typeInWords } from './types.ts';

test('each type of event of the server can be chosen', () => {
  const all = groups().flatMap(({ types }) => types.map(({ type }) => type));
  expect(all.toSorted()).toEqual(audit_action.options.toSorted());
});

test('a type is shown in words, and one of a newer server as it is', () => {
  expect(typeInWords('ticket.transitioned')).toBe('Tickets: moved to another status');
  expect(typeInWords('report.created')).toBe('report.created');
});
