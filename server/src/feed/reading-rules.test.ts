import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { numberEvents } from '../../../proof/harness/events.ts';
import { makeTeam, makeTicket, type Team } from '../../../proof/harness/make.ts';
import { startServer, type TestServer } from '../../../proof/harness/server.ts';

// The rules of Durable Streams for readers (docs/decisions, 50), under the titles of its own tests where it has such a
// test.

let server: TestServer;
let team: Team;

beforeAll(async () => {
  server = await startServer();
  team = await makeTeam(server);
  await happen(6);
});
afterAll(() => server.stop());

/** Creates tickets and numbers their events. */
async function happen(tickets: number): Promise<void> {
  for (let n = 0; n < tickets; n++) await makeTicket(team);
  await numberEvents(server.database.url);
}

const path = () => `/v1/workspaces/${team.workspace_id}/events`;
const get = (query: string, headers: Record<string, string> = {}, at = path()) =>
  fetch(`${server.url}${at}${query}`, { headers: { authorization: `Bearer ${team.member.access_token}`, ...headers } });
interface Page {
  data: { id: string; offset: string }[];
  next_offset: string;
  up_to_date: boolean;
}
const page = async (query: string) => (await (await get(query)).json()) as Page;
const stream = { accept: 'text/event-stream' };

describe('an offset', () => {
  test('of -1 gives the same data as no offset', async () => {
    expect(await page('?after=-1&limit=100')).toEqual(await page('?limit=100'));
  });

  test('of “now” is the current end, from which a reader can resume', async () => {
    const { next_offset: tail } = await page('?limit=100');
    const now = await page('?after=now');
    expect(now).toEqual({ data: [], next_offset: tail, up_to_date: true });
    await happen(2);
    const { data } = await page(`?after=${now.next_offset}`);
    expect(data).toHaveLength(2);
    expect(await page(`?after=${data[1]?.offset}`)).toMatchObject({ data: [], up_to_date: true });
  });

  test('is unique and grows, even when compared as text, and the events after it stay the same', async () => {
    const { data } = await page('?limit=100');
    const offsets = data.map(({ offset }) => offset);
    expect(new Set(offsets).size).toBe(offsets.length);
    expect(offsets).toEqual(offsets.toSorted());
    await happen(1);
    for (const [n, offset] of offsets.entries()) {
      expect((await page(`?after=${offset}&limit=100`)).data.slice(0, -1)).toEqual(data.slice(n + 1));
    }
  });

  test.each(['a,b', '', '%20', '1%202', '../1', '-2', 'NOW', '1', '00000000000000010', '%00'])(
    'that is malformed is refused: %j',
    async (after) => {
      expect((await get(`?after=${after}`)).status).toBe(422);
    },
  );

  test('is refused if it is given twice, and so is an unknown parameter', async () => {
    expect((await get('?after=-1&after=now')).status).toBe(422);
    expect((await get('?offset=-1')).status).toBe(422); // Durable Streams ignores it; here, a misspelt filter would let everything through
  });

  test('in a workspace that does not exist is not found, in a read, a wait or a stream', async () => {
    const nowhere = `/v1/workspaces/${team.stranger.user.id}/events`;
    for (const after of ['-1', 'now']) {
      expect((await get(`?after=${after}`, {}, nowhere)).status).toBe(404);
      expect((await get(`?after=${after}&wait=1`, {}, nowhere)).status).toBe(404);
      expect((await get(`?after=${after}`, stream, nowhere)).status).toBe(404);
    }
  });
});

describe('a page', () => {
  test('has an ETag, and a request with it gets 304 until something happens after its offset', async () => {
    const first = await get('?after=now');
    const tag = first.headers.get('etag') ?? '';
    const { next_offset } = (await first.json()) as Page;
    const again = () => get(`?after=${next_offset}`, { 'if-none-match': tag });
    expect((await again()).status).toBe(304);
    expect((await get(`?after=${next_offset}`, { 'if-none-match': '"other"' })).status).toBe(200);
    await happen(1);
    const changed = await again();
    expect(changed.status).toBe(200);
    expect(changed.headers.get('etag')).not.toBe(tag);
  });

  test('has the headers that forbid sniffing and caching, and so have a stream and a refusal', async () => {
    const reader = new AbortController();
    const followed = await fetch(`${server.url}${path()}?after=now`, {
      headers: { authorization: `Bearer ${team.member.access_token}`, ...stream },
      signal: reader.signal,
    });
    for (const { headers } of [await get(''), await get('?after=now&wait=1'), followed, await get('?after=x')]) {
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('cross-origin-resource-policy')).toBe('same-origin');
      expect(headers.get('cache-control')).toContain('no-store');
    }
    expect(followed.headers.get('content-length')).toBeNull();
    reader.abort();
  });

  test('without events after a wait returns the offset to continue from', async () => {
    const { next_offset } = await page('?after=now');
    expect(await page(`?after=${next_offset}&wait=1`)).toEqual({ data: [], next_offset, up_to_date: true });
  });
});
