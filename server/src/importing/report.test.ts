import { expect, test } from 'vitest';
import { Report } from './report.ts';

test('the faults of the source come first, counted, with a few examples', () => {
  const report = new Report();
  report.note('second_call', 'X-9');
  for (const ticket of ['X-1', 'X-2', 'X-3', 'X-4']) report.note('chain_gap', ticket);
  expect(report.lines()).toEqual([
    'source:',
    '      4  status changes from a status that the ticket is not in: replayed from its current one (X-1; X-2; X-3)',
    'mapping:',
    '      1  operations that took a second call (X-9)',
  ]);
});
