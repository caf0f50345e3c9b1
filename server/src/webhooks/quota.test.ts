import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { keepDelivering } from '../../../proof/harness/deliveries.ts';
import { numberEvents } from '../../../proof/harness/events.ts';
import { makeTeam, type Team } from '../../../proof/harness/make.ts';
import { startServer, type TestServer } from '../../../proof/harness/server.ts';
import { recordAudits } from '../audit/record.ts';
import { createPool } from '../db/pool.ts';
import { autocommit, transaction } from '../db/transaction.ts';
import { newId } from '../lib/ids.ts';
import { removeDroppedDeliveries } from './upkeep-queries.ts';

let server: TestServer;

beforeAll(async () => {
  server = await startServer({ BATON_MAX_MIB_PER_WORKSPACE: '2', BATON_WEBHOOK_PRIVATE: 'on' });
});
afterAll(() => server.stop());

function poolOf(role: string) {
  const limits = { statement_timeout_ms: 30_000, lock_timeout_ms: 5_000, on_error: () => undefined };
  const pool = createPool({ url: server.database.url, role, max: 1, ...limits });
  onTestFinished(() => pool.end());
  return pool;
}

/** Adds `n` events to a workspace. */
async function makeEvents({ workspace_id, owner }: Team, n: number): Promise<void> {
  const actor = { workspace_id, user_id: owner.user.id, request_id: 'seed-0001', token: null };
  const is = { name: 'P', archived: true };
  const at = new Date().toISOString();
  const entries = Array.from({ length: n }, () => {
    return { action: 'project.archived', subject_id: newId(), subject_version: 1, at, before: is, after: is } as const;
  });
  await transaction(poolOf('baton_app'), { workspace_id }, (tx) => {
    recordAudits(tx, actor, entries);
    return Promise.resolve();
  });
  await numberEvents(server.database.url);
}

const look = async <Row>(text: string, ...values: unknown[]) =>
  (await server.database.owner.query(text, values)).rows as Row[];
async function usageOf({ workspace_id }: Team): Promise<number> {
  const [row] = await look<{ bytes: number }>(
    'select coalesce(sum(bytes), 0)::int as bytes from workspace_usage where workspace_id = $1',
    workspace_id,
  );
  return row?.bytes ?? 0;
}

test('creating webhooks, redelivering old events to them and deleting them uses up the workspace’s quota', async () => {
  const team = await makeTeam(server);
  const { workspace_id, owner } = team;
  await makeEvents(team, 1_000);
  const body = { url: 'https://receiver.invalid/', types: ['project.archived' as const] };
  const range = { from: '0000000000000001', to: '0000000000001000' };
  const statuses: number[] = [];
  for (let n = 0; n < 8 && !statuses.includes(409); n++) {
    const created = await owner.client.raw.create_webhook({ workspace_id, body });
    statuses.push(created.status);
    if (created.status !== 201) break;
    const at = { workspace_id, webhook_id: (created.body as { id: string }).id };
    await owner.client.raw.update_webhook({ ...at, if_match: '*', body: { state: 'paused' } });
    statuses.push((await owner.client.raw.redeliver({ ...at, body: range })).status);
    await owner.client.delete_webhook(at);
  }
  expect(statuses).toContain(409);
  expect(await usageOf(team)).toBeGreaterThan(2 * 2 ** 20);
  // Undelivered messages are removed after an hour.
  const left = `select count(*)::int as n from deliveries where workspace_id = $1`;
  const pool = poolOf('baton_worker');
  const removed = async () => {
    for (let all = 0; ; ) {
      const rows = await autocommit(pool, {}, removeDroppedDeliveries(500));
      if (rows.length === 0) return all;
      all += rows.length;
    }
  };
  expect(await removed()).toBe(0);
  const [before] = await look<{ n: number }>(left, workspace_id);
  await look(`update deliveries set finished_at = now() - interval '2 hours' where workspace_id = $1`, workspace_id);
  expect(await removed()).toBe(before?.n);
  expect(before?.n).toBeGreaterThan(3_000);
  expect(await look(left, workspace_id)).toEqual([{ n: 0 }]);
  // Removed deliveries no longer count. Otherwise a busy workspace would be full of deliveries that don't exist.
  expect(await usageOf(team)).toBeLessThan(2 ** 20);
});

test('deliveries that the worker queues count towards the quota, and a full workspace still gets its own', async () => {
  const team = await makeTeam(server);
  const { workspace_id, owner } = team;
  const body = { url: 'https://receiver.invalid/', types: ['project.archived' as const] };
  await owner.client.create_webhook({ workspace_id, body });
  const before = await usageOf(team);
  await makeEvents(team, 500);
  const worker = keepDelivering(server, () => undefined);
  onTestFinished(() => worker.stop());
  const waiting = `select count(*)::int as n from deliveries where workspace_id = $1`;
  await expect.poll(() => look(waiting, workspace_id), { timeout: 15_000 }).toEqual([{ n: 500 }]);
  expect((await usageOf(team)) - before).toBe(500 * 512);

  await makeEvents(team, 4_000);
  await expect.poll(() => look(waiting, workspace_id), { timeout: 30_000 }).toEqual([{ n: 4_500 }]);
  // A write of this size is always counted, so the process learns from it that the workspace is full.
  const long = { title: 'A long one', description: 'x'.repeat(64 * 1024) };
  await owner.client.create_ticket({ workspace_id, project_id: team.project_id, body: long });
  const refused = await owner.client.raw.create_webhook({ workspace_id, body });
  expect(refused).toMatchObject({ status: 409, body: { code: 'quota_exceeded' } });
  await makeEvents(team, 100);
  await expect.poll(() => look(waiting, workspace_id), { timeout: 15_000 }).toEqual([{ n: 4_600 }]);
});
