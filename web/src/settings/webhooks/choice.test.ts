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

test('what is entered while the webhook is saved stays on top of the saved one', () => {
  const sent = { ...base, url: ' https://b.example/ ', description: 'Cha' };
  const saved = { ...sent, url: 'https://b.example/' };
  expect(onTopOf(saved, sent, { ...sent, description: 'Chat' })).toEqual({ ...saved, description: 'Chat' });
  expect(onTopOf(saved, sent, sent)).toEqual(saved);
});

test('a value is added at the end, or removed', () => {
  expect(toggled(['a'], 'b')).toEqual(['a', 'b']);
  expect(toggled(['a', 'b'], 'a')).toEqual(['b']);
});
