import { expect, test } from 'vitest';
import { Places } from './places.ts';

let made = 0;
/** Makes a webhook, by default with a workspace and a person of its own. */
const webhook = (fields: { charged_to?: string; workspace_id?: string; failures?: number } = {}) => {
  const id = `webhook ${made++}`;
  return { id, workspace_id: `workspace of ${id}`, charged_to: `person of ${id}`, failures: 0, ...fields };
};

test('slow webhooks leave half of the places to others, however many people they belong to', () => {
  const places = new Places();
  const slow = Array.from({ length: 200 }, () => webhook());
  // The first attempts show that they are slow.
  for (const one of slow) if (places.room(one) > 0) places.take(one)({ delivered: true, took_ms: 5_000 });
  let begun = 0;
  for (const one of slow) {
    while (places.room(one) > 0) {
      places.take(one);
      begun++;
    }
  }
  expect(begun).toBe(64);
  expect(places.room(webhook())).toBe(1);
});

test('a person is slow for ten minutes after a slow attempt, however quick their webhooks are meanwhile', () => {
  let now = 0;
  const places = new Places(() => now);
  const once_slow = webhook({ charged_to: 'slow' });
  places.take(once_slow)({ delivered: true, took_ms: 5_000 });
  const other = webhook({ charged_to: 'slow' });
  for (let n = 0; n < 20; n++) places.take(other)({ delivered: true, took_ms: 10 });
  for (let n = 0; n < 64; n++) places.take(webhook({ failures: 1 }));
  expect([places.room(once_slow), places.room(other), places.room(webhook())]).toEqual([0, 0, 1]);
  now = 10 * 60_000 - 1;
  expect(places.room(other)).toBe(0);
  now++;
  expect(places.room(other)).toBe(8);
});

test('a slow person can have sixteen attempts at a time', () => {
  const places = new Places();
  places.take(webhook({ charged_to: 'slow' }))({ delivered: true, took_ms: 5_000 });
  for (let n = 0; n < 16; n++) places.take(webhook({ charged_to: 'slow' }));
  expect(places.room(webhook({ charged_to: 'slow' }))).toBe(0);
});

/** Starts attempts wherever there is room. Returns the functions that end them. */
function fill(places: Places, webhooks: ReturnType<typeof webhook>[]) {
  const ends: ((ended: { delivered: boolean; took_ms: number } | undefined) => void)[] = [];
  for (const one of webhooks) for (let n = places.room(one); n > 0; n--) ends.push(places.take(one));
  return ends;
}

test('two people whose quick webhooks become slow leave places to others, and then get a quarter of the places at most', () => {
  let now = 0;
  const places = new Places(() => now);
  const theirs = ['eve', 'mallory'].flatMap((charged_to) =>
    ['first', 'second'].flatMap((name) =>
      Array.from({ length: 4 }, () => webhook({ charged_to, workspace_id: `${name} of ${charged_to}` })),
    ),
  );
  for (const one of theirs) for (let n = 0; n < 10; n++) places.take(one)({ delivered: true, took_ms: 10 });
  const begun = fill(places, theirs);
  expect(begun).toHaveLength(96);
  // The places that are left are for people without an attempt in progress.
  const others = Array.from({ length: 40 }, () => webhook());
  const first = fill(places, others);
  expect(first).toHaveLength(32);
  for (const end of first) end({ delivered: true, took_ms: 10 });
  now = 2_000;
  for (const end of begun.splice(0, 40)) end(undefined); // without an outcome to learn from
  expect(theirs.map((one) => places.room(one)).filter((room) => room > 0)).toEqual([]);
  now = 9_900;
  for (const end of begun) end({ delivered: true, took_ms: 9_900 });
  expect(fill(places, theirs)).toHaveLength(32);
  expect(fill(places, others).length).toBeGreaterThanOrEqual(32);
});

test('a webhook that becomes slow begins with one attempt again, and still counts as slow after a quick one', () => {
  const places = new Places();
  const turning = webhook();
  for (let n = 0; n < 10; n++) places.take(turning)({ delivered: true, took_ms: 10 });
  places.take(turning)({ delivered: true, took_ms: 5_000 });
  expect(places.room(turning)).toBe(1);
  places.take(turning)({ delivered: true, took_ms: 10 });
  for (let n = 0; n < 64; n++) places.take(webhook({ failures: 1 }));
  expect(places.room(turning)).toBe(0);
});

test('a person can have half of the places, a workspace a quarter, and a webhook one more after each success, up to eight', () => {
  const places = new Places();
  const quick = { delivered: true, took_ms: 10 };
  const one = webhook();
  for (let n = 0; n < 20; n++) places.take(one)(quick);
  expect(places.room(one)).toBe(8);
  places.take(one)({ delivered: false, took_ms: 10 });
  expect(places.room(one)).toBe(1);
  const crowd = (fields: { charged_to?: string; workspace_id?: string }, most: number) => {
    for (let n = 0; n < most; n++) places.take(webhook(fields));
    expect(places.room(webhook(fields))).toBe(0);
  };
  crowd({ workspace_id: 'crowded' }, 32);
  crowd({ charged_to: 'busy' }, 64);
  expect(places.room(webhook())).toBe(1);
});
