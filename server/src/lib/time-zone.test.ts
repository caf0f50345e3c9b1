import { expect, test } from 'vitest';
import { known_time_zone } from './time-zone.ts';

test.each([
  ['Europe/Berlin', true],
  ['europe/BERLIN', true],
  ['UTC', true],
  ['US/Pacific-New', false],
  ['us/pacific-new', false],
  ['CANADA/EAST-SASKATCHEWAN', false],
  ['CET', false],
  ['Mars/Olympus', false],
])('the time zone %s is known both to Node and to PostgreSQL: %s', (name, is_known) => {
  expect(known_time_zone.safeParse(name).success).toBe(is_known);
});
