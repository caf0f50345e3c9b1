import { expect, test } from 'vitest';
import { audit_action } from '../../../../server/src/audit/contract.ts';
import { groups, typeInWords } from './types.ts';

test('every event type of the server can be chosen', () => {
  const all = groups().flatMap(({ types }) => types.map(({ type }) => type));
  expect(all.toSorted()).toEqual(audit_action.options.toSorted());
});

test('an event type is shown in words, and an unknown one unchanged', () => {
  expect(typeInWords('ticket.transitioned')).toBe('Tickets: moved to another status');
  expect(typeInWords('report.created')).toBe('report.created');
});
