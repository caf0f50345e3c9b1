import { afterAll, beforeAll, expect, test } from 'vitest';
import { numberEvents } from '../../../proof/harness/events.ts';
import { makeTeam, makeTicket } from '../../../proof/harness/make.ts';
import { startServer, type TestServer } from '../../../proof/harness/server.ts';
import { jobsWork, runJobs } from './command.ts';
import type { Report } from './report.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.stop());

/** Does what `npm run jobs -- …` does, without starting a process. */
async function jobs(...words: string[]): Promise<{ code: number; out: string; err: string }> {
  const [out, err]: [string[], string[]] = [[], []];
  const work = jobsWork(words);
  if (work === undefined) throw new Error('There is no such command.');
  const printing = { print: (text: string) => out.push(text), warn: (line: string) => err.push(line) };
  const code = await runJobs(work, { ...server.config, url: server.database.url }, printing);
  return { code, out: out.join('\n'), err: err.join('\n') };
}

test('deliveries that were given up in a deleted workspace are neither listed nor retried', async () => {
  const team = await makeTeam(server);
  const { workspace_id, owner } = team;
  await makeTicket(team);
  await numberEvents(server.database.url);
  const body = { url: 'https://receiver.invalid/' };
  const { id: webhook_id } = await owner.client.create_webhook({ workspace_id, body });
  const range = { from: '0000000000000001', to: '0000000000000001' };
  await owner.client.redeliver({ workspace_id, webhook_id, body: range });
  const look = (text: string) => server.database.owner.query<{ event_id: string; outcome: string }>(text, [webhook_id]);
  const { rows } = await look(`update deliveries set outcome = 'given_up', finished_at = now(), next_attempt_at = null
    where webhook_id = $1 returning event_id`);
  const givenUp = async () => (JSON.parse((await jobs('--json')).out) as Report).given_up_deliveries;
  expect((await givenUp()).count).toBe(1);
  await owner.client.delete_workspace({ workspace_id });
  expect(await givenUp()).toEqual({ count: 0, listed: [] });
  const one = await jobs('retry', 'delivery', webhook_id, rows[0]?.event_id ?? '');
  expect(one).toMatchObject({ code: 1, out: '', err: expect.stringContaining('There is no webhook') as string });
  await jobs('retry', 'workspace', workspace_id);
  expect((await look('select outcome from deliveries where webhook_id = $1')).rows).toEqual([{ outcome: 'given_up' }]);
});
