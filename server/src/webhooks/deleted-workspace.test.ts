import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { numberEvents } from '../../../proof/harness/events.ts';
import { makeTeam, type Team } from '../../../proof/harness/make.ts';
import { startServer, type TestServer } from '../../../proof/harness/server.ts';

let server: TestServer;

beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.stop());

const create = ({ owner, workspace_id }: Team) =>
  owner.client.create_webhook({ workspace_id, body: { url: 'https://receiver.invalid/' } });

describe('a workspace that is being deleted', () => {
  /** Sends `write`'s request before the deletion commits. */
  async function beside({ workspace_id }: Team, write: () => Promise<{ status: number }>) {
    const deleting = await server.database.owner.connect();
    onTestFinished(() => deleting.release());
    await deleting.query('begin');
    await deleting.query('update workspaces set deleted_at = now() where id = $1', [workspace_id]);
    const writing = write();
    await new Promise((resolve) => setTimeout(resolve, 500));
    await deleting.query('commit');
    return (await writing).status;
  }

  test('refuses to create or activate a webhook, or to redeliver events', async () => {
    const body = { url: 'https://receiver.invalid/' };
    const writes: ((team: Team, webhook_id: string) => Promise<{ status: number }>)[] = [
      ({ owner, workspace_id }) => owner.client.raw.create_webhook({ workspace_id, body }),
      ({ owner, workspace_id }, webhook_id) =>
        owner.client.raw.update_webhook({ workspace_id, webhook_id, if_match: '*', body: { state: 'active' } }),
      ({ owner, workspace_id }, webhook_id) =>
        owner.client.raw.redeliver({
          ...{ workspace_id, webhook_id },
          body: { from: '0000000000000001', to: '0000000000000001' },
        }),
    ];
    for (const write of writes) {
      const mine = await makeTeam(server);
      const { workspace_id, owner } = mine;
      await numberEvents(server.database.url);
      const { id } = await create(mine);
      await owner.client.update_webhook({ workspace_id, webhook_id: id, if_match: '*', body: { state: 'paused' } });
      expect(await beside(mine, () => write(mine, id))).toBe(404);
      const left = `select (select count(*)::int from webhooks where workspace_id = $1) as webhooks,
        (select count(*)::int from webhooks where workspace_id = $1 and state = 'active') as active,
        (select count(*)::int from deliveries where workspace_id = $1) as deliveries`;
      const { rows } = await server.database.owner.query(left, [workspace_id]);
      expect(rows).toEqual([{ webhooks: 1, active: 0, deliveries: 0 }]);
    }
  });

  test('drops the undelivered messages of its webhooks', async () => {
    const mine = await makeTeam(server);
    const { workspace_id, owner } = mine;
    await numberEvents(server.database.url);
    const { id: webhook_id } = await create(mine);
    const range = { from: '0000000000000001', to: '0000000000000002' };
    expect(await owner.client.redeliver({ workspace_id, webhook_id, body: range })).toEqual({ queued: 2 });
    await owner.client.delete_workspace({ workspace_id });
    const { rows } = await server.database.owner.query(
      'select outcome, next_attempt_at from deliveries where workspace_id = $1',
      [workspace_id],
    );
    expect(rows).toEqual(Array.from({ length: 2 }, () => ({ outcome: 'dropped', next_attempt_at: null })));
  });
});
