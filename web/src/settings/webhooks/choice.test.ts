import { expect, test } from 'vitest';
import { changedFields, changesOf, no_webhook, onTopOf, toggled } from './choice.ts';

const base = { ...no_webhook, url: 'https://a.example/', types: ['ticket.created'] };

test('only what was changed is sent', () => {
  expect(changesOf(base, base)).toEqual({});
  expect(changesOf(base, { ...base, types: null, project_ids: ['p'] })).toEqual({ types: null, project_ids: ['p'] });
});

test('what was typed here is laid over what somebody else has saved, field by field', () => {
  const mine = { ...base, description: 'Chat' };
  const theirs = { ...base, url: 'https://b.example/', description: 'Chats' };
  expect(onTopOf(theirs, base, mine)).toEqual({ ...theirs, description: 'Chat' });
  expect(changedFields(base, theirs)).toEqual(['url', 'description']);
});

test('a value is added at the end, and taken away', () => {
  expect(toggled(['a'], 'b')).toEqual(['a', 'b']);
  expect(toggled(['a', 'b'], 'a')).toEqual(['b']);
});
