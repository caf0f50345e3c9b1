import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { makeTeam, type Team } from '../../../proof/harness/make.ts';
import { startServer, type TestServer } from '../../../proof/harness/server.ts';
import { boundOf, filterOf } from './listing.ts';

let server: TestServer;
let team: Team;

const day_ms = 24 * 60 * 60 * 1000;
const daysFrom = (day: string, days: number) =>
  new Date(Date.parse(`${day}T00:00:00Z`) + days * day_ms).toISOString().slice(0, 10);
const todayIn = (time_zone: string) =>
  new Intl.DateTimeFormat('sv-SE', { timeZone: time_zone, dateStyle: 'short' }).format();

/** Tickets that are due on each of eleven days, those before and after today among them wherever one is. */
const due = Array.from({ length: 11 }, (_, n) => daysFrom(todayIn('UTC'), n - 5));

beforeAll(async () => {
  server = await startServer();
  team = await makeTeam(server);
  const { workspace_id, project_id, member } = team;
  for (const due_on of due) {
    await member.client.create_ticket({ workspace_id, project_id, body: { title: `Due on ${due_on}`, due_on } });
  }
});
afterAll(() => server.stop());
afterEach(() => {
  vi.useRealTimers();
});

type Query = Omit<Parameters<Team['member']['client']['list_tickets']>[0], 'workspace_id'>;

async function daysOf(query: Query): Promise<(string | null)[]> {
  const days: (string | null)[] = [];
  const { client } = team.member;
  for await (const ticket of client.pages.list_tickets({ workspace_id: team.workspace_id, limit: 2, ...query })) {
    days.push(ticket.due_on);
  }
  return days.sort();
}

describe('a day counted from today', () => {
  // A day begins in the first of these places 25 hours before it begins in the last.
  test.each(['Pacific/Kiritimati', 'UTC', 'Pacific/Pago_Pago'])('is one of the calendar in %s', async (time_zone) => {
    const today = todayIn(time_zone);
    expect(await daysOf({ due_before: 'today', time_zone })).toEqual(due.filter((day) => day < today));
    expect(await daysOf({ due_after: 'today-1', due_before: 'today+1', time_zone })).toEqual([today]);
    expect(await daysOf({ due_after: 'today', time_zone })).toEqual(due.filter((day) => day > today));
  });

  test('is one in UTC by default, in counts and on a board as well', async () => {
    const { workspace_id, project_id, member } = team;
    const late = due.filter((day) => day < todayIn('UTC')).length;
    const filter = { workspace_id, due_before: 'today' };
    expect(await daysOf({ due_before: 'today' })).toHaveLength(late);
    const { groups } = await member.client.count_tickets(filter);
    expect(groups).toEqual([{ value: 'open', tickets: late }]);
    const { columns } = await member.client.get_board({ ...filter, project_id, per_column: 2 });
    const [open] = columns;
    expect(open?.total).toBe(late);
    const next = { ...filter, project_id, status: 'open', sort: 'rank' as const, cursor: open?.next_cursor ?? '' };
    const { data } = await member.client.list_tickets(next);
    expect(data).toHaveLength(late - 2);
  });

  test('is the new day after midnight, and a walk that began before midnight continues', () => {
    const asked = { due_before: 'today', time_zone: 'Europe/Berlin', deleted: 'false' as const };
    vi.useFakeTimers({ toFake: ['Date'], now: new Date('2026-11-24T22:59:59Z') });
    const before = filterOf(asked, 'me');
    vi.setSystemTime(new Date('2026-11-24T23:00:00Z'));
    const after = filterOf(asked, 'me');
    expect([before.due.before.at, after.due.before.at]).toEqual(['2026-11-24', '2026-11-25']);
    expect(boundOf(after, asked)).toEqual(boundOf(before, asked));
  });

  test('is kept by a view as it was sent', async () => {
    const { workspace_id, member } = team;
    const query = { due_before: 'today', due_after: 'today-30' };
    const body = { name: 'Late', query };
    expect((await member.client.create_view({ workspace_id, body })).query).toEqual(query);
  });

  test.each([
    ['due_before', 'tomorrow'],
    ['due_before', 'today+'],
    ['due_before', 'today+1000'],
    ['due_after', 'today 1'],
    ['due_after', '2026-02-30'],
    ['time_zone', 'Mars/Olympus'],
  ])('is refused as %s=%s', async (parameter, value) => {
    const { workspace_id, member } = team;
    const response = await member.client.raw.list_tickets({ workspace_id, [parameter]: value });
    expect(response).toMatchObject({ status: 422, body: { errors: [{ parameter }] } });
  });

  test('is refused with a hint if + is not encoded in the URL, because a + there is a space', async () => {
    const list = `${server.url}/v1/workspaces/${team.workspace_id}/tickets`;
    const headers = { Authorization: `Bearer ${team.member.client.access_token ?? ''}` };
    const response = await fetch(`${list}?due_before=today+7`, { headers });
    expect(response.status).toBe(422);
    expect(await response.text()).toContain('In a URL + is written %2B.');
    expect((await fetch(`${list}?due_before=today%2B7`, { headers })).status).toBe(200);
  });
});
