import { expect, test } from 'vitest';
import { Places } from './places.ts';

let made = 0;
/** A webhook of a workspace and a person of its own, unless others are named. */
const webhook = (fields: { created_by?: string; workspace_id?: string; failures?: number } = {}) => {
  const id = `webhook ${made++}`;
  return { id, workspace_id: `workspace of ${id}`, created_by: `person of ${id}`, failures: 0, ...fields };
};

test('webhooks that take long leave half of the places to others, however many people have them', () => {
  const places = new Places();
  const slow = Array.from({ length: 200 }, () => webhook());
  // Nobody knows it of their first attempts.
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

test('a webhook that takes long no more is one like others', () => {
  const places = new Places();
  const once_slow = webhook();
  places.take(once_slow)({ delivered: true, took_ms: 5_000 });
  const slow = Array.from({ length: 64 }, () => webhook({ failures: 1 }));
  for (const one of slow) places.take(one);
  expect(places.room(once_slow)).toBe(0);
  const others = new Places();
  others.take(once_slow)({ delivered: true, took_ms: 5_000 });
  for (let n = 0; n < 8; n++) others.take(once_slow)({ delivered: true, took_ms: 10 });
  for (const one of slow) others.take(one);
  expect(others.room(once_slow)).toBe(8);
});

test('a webhook that is slow has one attempt at a time again, and a quick one between makes it no better', () => {
  const places = new Places();
  const turning = webhook();
  for (let n = 0; n < 10; n++) places.take(turning)({ delivered: true, took_ms: 10 });
  places.take(turning)({ delivered: true, took_ms: 5_000 });
  expect(places.room(turning)).toBe(1);
  places.take(turning)({ delivered: true, took_ms: 10 });
  for (let n = 0; n < 64; n++) places.take(webhook({ failures: 1 }));
  expect(places.room(turning)).toBe(0);
});

test('a person has half of the places, a workspace a quarter, and a webhook one more after each success, up to eight', () => {
  const places = new Places();
  const quick = { delivered: true, took_ms: 10 };
  const one = webhook();
  for (let n = 0; n < 20; n++) places.take(one)(quick);
  expect(places.room(one)).toBe(8);
  places.take(one)({ delivered: false, took_ms: 10 });
  expect(places.room(one)).toBe(1);
  const fill = (fields: { created_by?: string; workspace_id?: string }, most: number) => {
    for (let n = 0; n < most; n++) places.take(webhook(fields));
    expect(places.room(webhook(fields))).toBe(0);
  };
  fill({ workspace_id: 'crowded' }, 32);
  fill({ created_by: 'busy' }, 64);
  expect(places.room(webhook())).toBe(1);
});
