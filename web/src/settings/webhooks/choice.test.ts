import { expect, test } from 'vitest';
import { changedFields, changesOf, no_webhook, onTopOf, toggled } from './choice.ts';

const base = { ...no_webhook, url: 'https://a.example/', types: ['ticket.created'] };

test('only changed fields are sent', () => {
  expect(changesOf(base, base)).toEqual({});
  expect(changesOf(base, { ...base, types: null, project_ids: ['p'] })).toEqual({ types: null, project_ids: ['p'] });
});

test('the person’s changes are applied on top of somebody else’s, field by field', () => {
  const mine = { ...base, description: 'Chat' };
  const theirs = { ...base, url: 'https://b.example/', description: 'Chats' };
  expect(onTopOf(theirs, base, mine)).toEqual({ ...theirs, description: 'Chat' });
  expect(changedFields(base, theirs)).toEqual(['url', 'description']);
});

test('a value is added at the end, or removed', () => {
  expect(toggled(['a'], 'b')).toEqual(['a', 'b']);
  expect(toggled(['a', 'b'], 'a')).toEqual(['b']);
});
