import { existsSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startServer, type TestServer } from '../harness/server.ts';
import { writeSource } from './fixture.ts';
import { replay } from './replay.ts';
import type { Expectation } from './verify.ts';

let server: TestServer;

beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.stop());

const quiet = { start: () => undefined, update: () => undefined, stop: () => undefined };

const play = (file: string, more: { limit_tickets?: number; tamper?: (all: Expectation[]) => void } = {}) =>
  replay({ file, base_url: server.url, clients: 8, progress: quiet, ...more });

/** A tracker with words of its own: twenty tickets, reopened, reassigned, commented on, and closed. */
function otherTracker() {
  const at = (minute: number) => new Date(Date.UTC(2024, 0, 1, 0, minute)).toISOString();
  const operations = Array.from({ length: 20 }, (_, n) => {
    const ticket = `T-${n}`;
    const by = `dev${n % 4}`;
    return [
      { at: at(n), op: 'create', ticket, by, set: { status: [null, 'To Do'], title: [null, `Ticket ${n}`] } },
      { at: at(n + 30), op: 'change', ticket, by, set: { status: ['To Do', 'In Review!'], assignee: ['', 'dev1'] } },
      { at: at(n + 31), op: 'comment', ticket, by: 'dev2', chars: 40 },
      { at: at(n + 32), op: 'change', ticket, by, set: { title: [`Ticket ${n}`, `Better ${n}`] } },
      {
        at: at(n + 60),
        op: 'change',
        ticket,
        by,
        set: { status: ['In Review!', 'Done ✓'], resolution: [null, 'Fixed'] },
      },
      ...(n % 3 === 0
        ? [
            {
              at: at(n + 90),
              op: 'change',
              ticket,
              by,
              set: { status: ['Done ✓', 'To Do'], resolution: ['Fixed', null] },
            },
          ]
        : []),
    ];
  }).flat();
  return writeSource({ operations });
}

describe('a replay', () => {
  test('of another tracker ends as its source does', async () => {
    const result = await play(otherTracker());
    expect(result).toMatchObject({ tickets: 20, operations: 107, faults: [] });
    expect(result.measure.server_errors).toBe(0);
  });

  test('control: says so when a status, an assignee or a history differs', async () => {
    const { faults } = await play(otherTracker(), {
      tamper: ([first, second, third]) => {
        if (!first || !second || !third) throw new Error('Expected three tickets.');
        first.status = 'nowhere';
        second.assignee_id = first.ticket_id;
        third.changes = third.changes.toReversed();
      },
    });
    expect(faults.length).toBe(3);
    expect(faults.join()).toMatch(/status .* instead of nowhere/);
    expect(faults.join()).toMatch(/assignee .* instead of/);
    expect(faults.join()).toMatch(/history .* instead of/);
  });

  const real = path.resolve(import.meta.dirname, '../../../../shared/data/jqueryui-replay.ndjson.gz');

  test.skipIf(!existsSync(real))(
    'of real tickets ends as its source does (skipped without ../shared/data)',
    async () => {
      const result = await play(real, { limit_tickets: 40 });
      expect(result).toMatchObject({ tickets: 40, faults: [] });
    },
    120_000,
  );
});
