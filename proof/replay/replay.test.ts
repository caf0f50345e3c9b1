import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createClient } from '../../sdk/index.ts';
import { derive } from '../../server/src/importing/derive.ts';
import { readSource } from '../../server/src/importing/history.ts';
import { Report } from '../../server/src/importing/report.ts';
import { startServer, type TestServer } from '../harness/server.ts';
import { writeSource } from './fixture.ts';
import { setStage } from './accounts.ts';
import { Measure } from './measure.ts';
import { plans } from './plan.ts';
import { playTicket } from './play.ts';
import { replay } from './replay.ts';

let server: TestServer;

beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.stop());

const quiet = { start: () => undefined, update: () => undefined, stop: () => undefined };

type More = Pick<Parameters<typeof replay>[0], 'limit_tickets' | 'tamper' | 'plan'>;

const play = (file: string, more: More = {}) =>
  replay({ file, base_url: server.url, clients: 8, progress: quiet, ...more });

/** A tracker with its own vocabulary: twenty tickets, all assigned, commented on and closed, and some reopened. */
function otherTracker() {
  const at = (minute: number) => new Date(Date.UTC(2024, 0, 1, 0, minute)).toISOString();
  const operations = Array.from({ length: 20 }, (_, n) => {
    const ticket = `T-${n}`;
    const by = `dev${n % 4}`;
    return [
      { at: at(n), op: 'create', ticket, by, set: { status: [null, 'To Do'], title: [null, `Ticket ${n}`] } },
      {
        at: at(n + 30),
        op: 'change',
        ticket,
        by: 'dev4',
        set: { status: ['To Do', 'In Review!'], assignee: ['', 'dev1'] },
      },
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
  test('of another tracker ends with the same tickets as its source', async () => {
    const result = await play(otherTracker());
    expect(result).toMatchObject({ tickets: 20, operations: 107, faults: [] });
    expect(result.measure.server_errors).toBe(0);
  });

  test('control: reports a field, a transition or a comment that differs', async () => {
    const { faults } = await play(otherTracker(), {
      tamper: ([first, second, third]) => {
        if (!first || !second || !third) throw new Error('Expected three tickets.');
        first.facts['status'] = 'nowhere';
        second.facts['labels'] = 'other';
        delete third.facts['comment 1'];
      },
    });
    expect(faults.length).toBe(3);
    expect(faults.join()).toMatch(/status is \w+ instead of nowhere/);
    expect(faults.join()).toMatch(/labels is .* instead of other/);
    expect(faults.join()).toMatch(/comment 1 is .* instead of absent/);
  });

  test('reports a resolution that is set with a status that is not done, and makes the transition without it', async () => {
    const change = (set: object) => ({ at: '2024-01-01T00:01:00Z', op: 'change', ticket: 'T-1', by: 'ada', set });
    const file = writeSource({
      operations: [
        { at: '2024-01-01T00:00:00Z', op: 'create', ticket: 'T-1', by: 'ada', set: { status: 'Received' } },
        change({ status: ['Received', 'Open'], resolution: [null, 'Fixed'] }),
      ],
    });
    const result = await play(file);
    expect(result).toMatchObject({ refusals: [], faults: [], compared: 1 });
    expect(result.report.count('resolution_not_done')).toBe(1);
  });

  test('renews access tokens that expire while it runs', async () => {
    const report = new Report();
    const source = await readSource(otherTracker(), report);
    const mapping = derive([...source.histories.values()]);
    const stage = await setStage({ base_url: server.url, mapping, clients: 2, progress: () => undefined });
    for await (const plan of plans(
      { ...source, histories: new Map([...source.histories].slice(0, 3)) },
      mapping,
      report,
    )) {
      for (const { by } of plan.steps) stage.clientOf(by).access_token = 'expired';
      expect((await playTicket(stage, plan, new Measure())).refusals).toEqual([]);
    }
  });

  test('records a refused call with its ticket, and continues with the rest', async () => {
    const result = await play(otherTracker(), {
      plan: (plan) => {
        const [create] = plan.steps[0]?.calls ?? [];
        if (plan.ticket === 'T-3' && create?.kind === 'create') create.title = '';
        const [comment] = plan.steps[2]?.calls ?? [];
        if (plan.ticket === 'T-5' && comment?.kind === 'comment') comment.body = '';
      },
    });
    expect(result.refusals.toSorted()).toEqual([
      expect.stringMatching(/^T-3: create at .*: 422 .*validation_failed/),
      expect.stringMatching(/^T-5: comment at .*: 422 .*validation_failed/),
    ]);
    expect(result).toMatchObject({ tickets: 20, compared: 18, faults: [] });
  });

  const real = path.resolve(import.meta.dirname, '../../../shared/data/jqueryui-replay.ndjson.gz');

  test.skipIf(!existsSync(real))(
    'of real tickets ends with the same tickets as its source (skipped without ../shared/data)',
    async () => {
      const result = await play(real, { limit_tickets: 20 });
      expect(result).toMatchObject({ tickets: 20, faults: [] });
    },
    120_000,
  );
});

describe('the commands', () => {
  /** Runs a command against the server and returns what it printed. */
  async function run(file: string, ...args: string[]): Promise<string> {
    const command = [path.join(import.meta.dirname, file), '--url', server.url, ...args];
    return (await promisify(execFile)(process.execPath, command)).stdout;
  }

  test('demo fills a workspace with the sample, compares it, and prints a login that works', async () => {
    const printed = await run('demo.ts');
    const printedAs = (pattern: RegExp) => pattern.exec(printed)?.[1] ?? '';
    const email = printedAs(/owner +(\S+)/);
    const client = createClient({ base_url: server.url });
    client.access_token = (
      await client.login({ body: { email, password: printedAs(/password +(\S+)/) } })
    ).access_token;
    const workspace_id = printedAs(/workspaces\/(\S+)/);
    const open = await client.list_tickets({ workspace_id, status: 'open', limit: 5 });
    expect(open.data).toHaveLength(5);
    const { data: members } = await client.list_members({ workspace_id, limit: 100 });
    expect(members).toHaveLength(24);
    const { data: workspaces } = await client.list_workspaces();
    expect(workspaces).toMatchObject([{ id: workspace_id, name: printedAs(/workspace "(.*?)"/) }]);
  }, 120_000);

  test('replay without a file plays the sample', async () => {
    const printed = await run('main.ts', '--limit-tickets', '10');
    expect(printed).toContain('ok     calls refused: 0\nok     10 of 10 tickets compared');
  }, 120_000);
});

test('control: a server that drops resolutions, records the wrong actor and cuts comments is noticed', async () => {
  const broken = await startServer(
    {},
    {
      patch: (text) => {
        if (text.includes('insert into status_history')) {
          const reporter =
            '(select t.reporter_id from tickets t where t.workspace_id = $1 and t.id = $3 and $11::uuid <> t.id)';
          return text.replace('$9', () => 'nullif($9, $9)').replace('$11', () => reporter);
        }
        return text.includes('insert into comments') ? text.replace('$4', () => 'left($4, 1)') : text;
      },
    },
  );
  try {
    const { faults } = await replay({ file: otherTracker(), base_url: broken.url, clients: 8, progress: quiet });
    expect(faults.join('\n')).toMatch(/resolution of step 2 is null instead of fixed/);
    expect(faults.join('\n')).toMatch(/actor of step 1 is /);
    expect(faults.join('\n')).toMatch(/comment 1 is "T" instead of/);
  } finally {
    await broken.stop();
  }
});
