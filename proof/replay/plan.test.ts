import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { derive } from '../../server/src/importing/derive.ts';
import { planSource } from './fixture.ts';
import { readSource } from '../../server/src/importing/history.ts';
import { plans } from './plan.ts';
import { Report } from '../../server/src/importing/report.ts';
import { summarize } from './summary.ts';

const real = fileURLToPath(new URL('../../../shared/data/jqueryui-replay.ndjson.gz', import.meta.url));

const create = (ticket: string) => ({
  at: '2020-01-01T00:00:00Z',
  op: 'create',
  ticket,
  by: 'Ann',
  set: { status: 'New' },
});

test('every ticket with operations is planned once, first those in the tickets file, then the others', async () => {
  const { plans, report } = await planSource({
    operations: [create('A'), create('B'), create('C')],
    tickets: [{ id: 'C' }, { id: 'Z' }, { id: 'A' }, { id: 'C' }],
  });
  expect([...plans.keys()]).toEqual(['C', 'A', 'B']);
  expect(report.count('not_in_tickets_file')).toBe(1);
  expect(report.count('never_replayed')).toBe(1);
});

test('a summary counts the calls and names what was derived', async () => {
  const { source, mapping } = await planSource({
    operations: [create('A'), { ...create('A'), op: 'comment', chars: 3 }],
  });
  const lines = await summarize(source, mapping, new Report());
  expect(lines).toContain('operations   2: 1 create, 0 change, 1 comment');
  expect(lines).toContain('calls        2: 1 create, 1 comment');
  expect(lines).toContain('statuses     new (todo)');
});

test.skipIf(!existsSync(real))('every real operation is in a plan (skipped without ../shared/data)', async () => {
  const report = new Report();
  const source = await readSource(real, report);
  const mapping = derive([...source.histories.values()]);
  let operations = 0;
  let changes = 0;
  for await (const { steps, expected } of plans(source, mapping, report)) {
    for (const step of steps) operations += step.operations;
    changes += expected.changes.length;
  }
  expect(operations).toBe(48_487);
  expect(changes).toBe(11_537 - report.count('unchanged_status'));
  expect(report.count('unreadable_line')).toBe(0);
  expect(report.count('comment_without_text')).toBe(0);
});
