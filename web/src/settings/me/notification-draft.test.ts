import { expect, test } from 'vitest';
import { notification_kinds } from '../../../../server/src/notifications/contract.ts';
import { changesOf, type Given, kinds } from './notification-draft.ts';

const all = { assigned: true, mentioned: true, moved: true, commented: true, due: true, webhook_stopped: true };
const base: Given = { kinds: all, mail: { ...all, moved: false }, quiet_hours: null, muted_project_ids: [] };

test('the form has every kind of notification of the server', () => {
  expect(kinds).toEqual(Object.keys(notification_kinds));
});

test('only changes are sent, kind by kind', () => {
  expect(changesOf(base, base)).toEqual({});
  expect(changesOf(base, { ...base, kinds: { ...all, due: false } })).toEqual({ kinds: { due: false } });
  const quiet_hours = { from: '22:00', to: '07:00', time_zone: 'Europe/Berlin' };
  expect(changesOf(base, { ...base, mail: all, quiet_hours })).toEqual({ mail: { moved: true }, quiet_hours });
  expect(changesOf({ ...base, quiet_hours }, base)).toEqual({ quiet_hours: null });
  expect(changesOf(base, { ...base, muted_project_ids: ['p'] })).toEqual({ muted_project_ids: ['p'] });
});
