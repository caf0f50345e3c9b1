import { setTimeout as sleep } from 'node:timers/promises';
import type { WireAnswer } from '../../../harness/wire.ts';
import { makeTicket } from '../../../harness/make.ts';
import { statuses } from '../rounds.ts';
import { isReplayed, type KeyedWrite, outcomesOf, post, type Principal, rowsWith, type Stand } from './stand.ts';

/** The status of a response, with `again` if it is a replay. */
const seen = (answer: WireAnswer) => `${statuses([answer])}${isReplayed(answer) ? ' again' : ''}`;

/** After a refusal under a key nothing was done. This checks that the next attempt does the write, once. */
async function expectDoneOnce(stand: Stand, who: Principal, write: KeyedWrite & { text: string; after: string }) {
  const { violate } = stand;
  const [first, second] = [await post(stand, who, write), await post(stand, who, write)];
  const both = `${seen(first)}, ${seen(second)}`;
  if (both !== '201, 201 again') violate(`sent again after ${write.after}: ${both}`);
  if (first.text !== second.text) violate(`sent again after ${write.after}: two responses`);
  const rows = await rowsWith(stand, write.text);
  if (rows !== 1) violate(`sent again after ${write.after}: done ${rows} times`);
}

async function expectNothingDone(
  stand: Stand,
  who: Principal,
  { key, text, after }: KeyedWrite & { text: string; after: string },
) {
  const [known, rows] = [await outcomesOf(stand, who, key), await rowsWith(stand, text)];
  if (known.length > 0 || rows > 0) stand.violate(`after ${after}: outcomes ${known.join()}, done ${rows} times`);
}

/** Checks that a refused write is evaluated anew: the ticket may have moved on, or the person may have got the permission. */
export async function sendAfterRefusal(stand: Stand, rounds: number): Promise<void> {
  const { team, violate } = stand;
  const { workspace_id, member, viewer, owner } = team;
  for (let n = 0; n < rounds; n++) {
    const { id: ticket } = await makeTicket(team);
    const path = `/v1/workspaces/${workspace_id}/tickets/${ticket}`;
    const text = `refused ${n}`;
    const close = { to: 'resolved', resolution: 'fixed', comment: text };
    const step = { path: `${path}/transitions`, body: close, key: `refused-${n}`, text, after: 'a refusal' };
    const person = { name: 'a member', access_token: member.access_token };
    const refused = await post(stand, person, step);
    if (seen(refused) !== '409 transition_not_allowed') violate(`a step that isn’t allowed: ${seen(refused)}`);
    await expectNothingDone(stand, person, step);
    await member.client.transition_ticket({ workspace_id, ticket, body: { to: 'in_progress' } });
    await expectDoneOnce(stand, person, step);

    const guest = { name: 'a viewer', access_token: viewer.access_token };
    const words = `forbidden ${n}`;
    const comment = { path: `${path}/comments`, body: { body: words }, key: `forbidden-${n}`, text: words };
    const write = { ...comment, after: 'a lack of permission' };
    const forbidden = await post(stand, guest, write);
    if (seen(forbidden) !== '403 forbidden') violate(`a viewer’s comment: ${seen(forbidden)}`);
    const role = (to: 'member' | 'viewer') =>
      owner.client.update_member({ workspace_id, user_id: viewer.user.id, body: { role: to }, if_match: '*' });
    await role('member');
    await expectDoneOnce(stand, guest, write);
    await role('viewer');
    const again = await post(stand, guest, write);
    if (seen(again) !== '403 forbidden') violate(`sent again after the permission was lost: ${seen(again)}`);
  }
}

/** Ends the statement that waits for a lock: cancels it, or closes its connection. */
async function endWaiting({ stage }: Stand, by: 'pg_cancel_backend' | 'pg_terminate_backend'): Promise<void> {
  const deadline = Date.now() + 10_000;
  while (Date.now() < deadline) {
    const { rowCount } = await stage.database.owner.query(
      `select ${by}(pid) from pg_stat_activity
       where datname = current_database() and wait_event_type = 'Lock' and application_name = 'baton'`,
    );
    if (rowCount !== 0) return;
    await sleep(2);
  }
  throw new Error('No write waits for a lock.');
}

/** Makes the database fail within a write that has already changed a row: the response is 503, and no outcome is recorded. */
export async function sendAfterFailure(stand: Stand, rounds: number): Promise<void> {
  const { team, violate } = stand;
  const path = `/v1/workspaces/${team.workspace_id}/projects/${team.project_id}/tickets`;
  const person = { name: 'a member', access_token: team.member.access_token };
  for (let n = 0; n < rounds; n++) {
    const by = n % 2 === 0 ? 'pg_cancel_backend' : 'pg_terminate_backend';
    const text = `failed ${n}`;
    const write = { path, body: { title: text }, key: `failed-${n}`, text, after: 'a failure' };
    const holder = await stand.stage.database.owner.connect();
    try {
      // The entry in the outbox is the last row that a write inserts before its outcome.
      await holder.query('begin; lock table outbox in share mode');
      const failing = post(stand, person, write);
      await endWaiting(stand, by);
      const failed = await failing;
      if (failed.status !== 503) violate(`a write whose database failed: ${seen(failed)}`);
    } finally {
      await holder.query('rollback');
      holder.release();
    }
    await expectNothingDone(stand, person, write);
    await expectDoneOnce(stand, person, write);
  }
}
