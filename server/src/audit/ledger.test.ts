import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { numberEvents } from '../../../proof/harness/events.ts';
import { makeTeam, makeTicket, type Team } from '../../../proof/harness/make.ts';
import { joinWorkspace, registerPerson } from '../../../proof/harness/people.ts';
import { startServer, type TestServer } from '../../../proof/harness/server.ts';
import {
  consistencyProof,
  extended,
  type Hash,
  isConsistent,
  leafHash,
  rootByInclusion,
  rootOf,
} from '../ledger/merkle.ts';
import { type Checkpoint, isSignedBy, logSigner, parseCheckpoint, parseNote, signingKey } from '../ledger/note.ts';
import { tilePath } from '../ledger/tiles.ts';

let server: TestServer;
let team: Team;

beforeAll(async () => {
  server = await startServer();
  team = await makeTeam(server);
  await fill(700);
});
afterAll(() => server.stop());

async function fill(entries: number): Promise<void> {
  await server.database.owner.query(
    `insert into outbox (workspace_id, created_at, id, actor_id, action, subject_type, subject_id, after, request_id)
     select $1, now() + n * interval '1 microsecond', gen_random_uuid(), $2, 'bot.created', 'bot', gen_random_uuid(),
       jsonb_build_object('name', 'B' || n, 'role', 'member'), 'seed-0001' from generate_series(1, $3::int) n`,
    [team.workspace_id, team.owner.user.id, entries],
  );
  await numberEvents(server.database.url);
}

const logKey = () =>
  logSigner(`${server.config.audit_name}/log/${team.workspace_id}`, signingKey(server.config.audit_seed));

/** Returns the checkpoint of a note, if its log has signed it. */
function opened(text: string): Checkpoint {
  const note = parseNote(text);
  const checkpoint = note && parseCheckpoint(note.text);
  if (note === undefined || checkpoint === undefined || !isSignedBy(note, logKey()))
    throw new Error(`No note: ${text}`);
  return checkpoint;
}

const at = () => ({ workspace_id: team.workspace_id });
const checkpoint = async () => opened(await team.owner.client.get_audit_checkpoint(at()));

/** Reads a path as another program would: spelt as in C2SP, with slashes. */
function read(path: string, token = team.owner.access_token, more: Record<string, string> = {}): Promise<Response> {
  const headers = { authorization: `Bearer ${token}`, ...more };
  return fetch(`${server.url}/v1/workspaces/${team.workspace_id}/audit/${path}`, { headers });
}

async function bytesOf(path: string): Promise<Buffer> {
  const response = await read(path);
  expect([path, response.status, response.headers.get('content-type')]).toEqual([
    path,
    200,
    'application/octet-stream',
  ]);
  return Buffer.from(await response.arrayBuffer());
}

const chunks = (bytes: Buffer): Hash[] =>
  Array.from({ length: bytes.length / 32 }, (_, n) => bytes.subarray(32 * n, 32 * (n + 1)));

/** All hashes of a level, tile by tile. */
async function levelOf(level: string, size: number): Promise<Buffer[]> {
  const tiles: Buffer[] = [];
  for (let index = 0; index * 256 < size; index++) {
    const width = Math.min(256, size - index * 256);
    tiles.push(await bytesOf(`tile/${level}/${tilePath({ index, width })}`));
  }
  return tiles;
}

function unbundled(bytes: Buffer): string[] {
  const entries: string[] = [];
  for (let from = 0; from < bytes.length; ) {
    const to = from + 2 + bytes.readUInt16BE(from);
    entries.push(bytes.toString('utf8', from + 2, to));
    from = to;
  }
  return entries;
}

describe('the published audit log', () => {
  test('has a signed checkpoint whose root can be computed from its tiles and from its entries', async () => {
    const { origin, size, root } = await checkpoint();
    expect([origin, size]).toEqual([`baton/log/${team.workspace_id}`, expect.any(Number)]);
    const leaves = (await levelOf('0', size)).flatMap(chunks);
    expect(rootOf(extended({ size: 0, roots: [] }, leaves))).toEqual(root);
    const entries = (await levelOf('entries', size)).flatMap(unbundled);
    expect(entries.map((entry) => leafHash(entry))).toEqual(leaves);
    const above = (await levelOf('1', Math.floor(size / 256))).flatMap(chunks);
    expect(above).toEqual(extended({ size: 0, roots: [] }, leaves).nodes.map(({ hash }) => hash));
  });

  test('has a proof for each event by its number', async () => {
    const { size } = await checkpoint();
    const leaves = (await levelOf('0', size)).flatMap(chunks);
    for (const sequence of [1, 256, 257, 600, size]) {
      const proof = await team.owner.client.get_audit_proof({ ...at(), sequence });
      const [head, note] = [proof.slice(0, proof.indexOf('\n\n')), proof.slice(proof.indexOf('\n\n') + 2)];
      const [format, index, ...hashes] = head.split('\n');
      expect([format, index]).toEqual(['c2sp.org/tlog-proof@v1', `index ${sequence - 1}`]);
      const { root } = opened(note);
      const leaf = leaves[sequence - 1] as Hash;
      const path = hashes.map((hash) => Buffer.from(hash, 'base64'));
      expect(rootByInclusion({ index: sequence - 1, size, leaf }, path)).toEqual(root);
    }
  });

  test('grows consistently with its earlier checkpoints', async () => {
    const before = await checkpoint();
    await fill(300);
    const after = await checkpoint();
    expect(after.size).toBe(before.size + 300);
    const leaves = (await levelOf('0', after.size)).flatMap(chunks);
    const { nodes } = extended({ size: 0, roots: [] }, leaves);
    const proof = await consistencyProof(before.size, after.size, (places) =>
      Promise.resolve(
        places.map(({ level, position }) =>
          level === 0 ? (leaves[position] as Hash) : (nodes.find((one) => one.position === position)?.hash as Hash),
        ),
      ),
    );
    const grown = { old: before.size, old_root: before.root, size: after.size, root: after.root };
    expect(isConsistent(grown, proof)).toBe(true);
  });

  test('is exported page by page, with salts and payloads, and ends with a checkpoint', async () => {
    const { size, root } = await checkpoint();
    const lines: string[] = [];
    while (!lines.at(-1)?.startsWith('{"checkpoint"')) {
      const page = await team.owner.client.export_audit({ ...at(), after: lines.length, limit: 300 });
      lines.push(...page.trimEnd().split('\n'));
    }
    expect(lines.length).toBe(size + 1);
    const events = lines
      .slice(0, -1)
      .map((line) => JSON.parse(line) as { entry: string; salt: string; payload: string });
    for (const { entry, salt, payload } of events) {
      const hash = createHash('sha256').update(Buffer.from(salt, 'base64')).update(payload).digest('base64');
      expect(entry).toContain(`"payload":"${hash}"`);
    }
    expect(
      rootOf(
        extended(
          { size: 0, roots: [] },
          events.map(({ entry }) => leafHash(entry)),
        ),
      ),
    ).toEqual(root);
    const [, first] = events;
    expect(JSON.parse(first?.payload ?? '')).toHaveProperty('after');
    expect(await team.owner.client.export_audit({ ...at(), after: size + 5 })).toMatch(/^\{"checkpoint":/);
  });

  test('has no tile or proof beyond its end, and only one path for each tile', async () => {
    const { size } = await checkpoint();
    const full = Math.floor(size / 256);
    const beyond = [
      `tile/0/${tilePath({ index: full, width: 256 })}`,
      `tile/0/${tilePath({ index: full, width: (size % 256) + 1 })}`,
      `tile/1/${tilePath({ index: 0, width: full + 1 })}`,
      'tile/2/000.p/1',
      'tile/0/x001/000',
      'tile/0/0',
      'tile/0/000.p/0',
      'tile/0/000.p/256',
      'tile/7/000',
      'tile/none/000',
      'tile/0',
      'tile/0/',
      'tile/0/000/',
      `${size + 1}/proof`,
      '0/proof',
      '1.5/proof',
      'none/proof',
    ];
    for (const path of beyond) expect([path, (await read(path)).status]).toEqual([path, 404]);
    expect((await read(`tile/0/${tilePath({ index: full, width: size % 256 })}`)).status).toBe(200);
    expect((await read('tile/0/000%2Ep%2F1')).status).toBe(200);
    const posted = await fetch(`${server.url}/v1/workspaces/${team.workspace_id}/audit/tile/0/000.p/1`, {
      method: 'POST',
    });
    expect([posted.status, posted.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
  });

  test('has tiles that a client may store, if it asks before each use whether it may still read them', async () => {
    const { workspace_id, owner } = team;
    const someone = await registerPerson(server);
    await joinWorkspace(owner, someone, workspace_id, 'admin');
    const { access_token, user } = someone;
    const become = (role: 'admin' | 'member') =>
      owner.client.update_member({ workspace_id, user_id: user.id, if_match: '*', body: { role } });
    for (const path of ['tile/0/000', 'tile/entries/000', 'tile/0/001.p/1']) {
      const first = await read(path, access_token);
      expect([first.status, first.headers.get('cache-control')]).toEqual([200, 'private, no-cache']);
      const again = { 'if-none-match': first.headers.get('etag') ?? '' };
      const known = await read(path, access_token, again);
      expect([known.status, known.headers.get('cache-control')]).toEqual([304, 'private, no-cache']);
      await become('member');
      const refused = await read(path, access_token, again);
      expect([refused.status, refused.headers.get('cache-control')]).toEqual([403, 'no-store']);
      await become('admin');
    }
    expect((await read('checkpoint')).headers.get('cache-control')).toBe('no-store');
    await numberEvents(server.database.url);
  });

  test('can be read by owners and admins only', async () => {
    for (const path of ['checkpoint', 'tile/0/000', 'tile/entries/000', '1/proof', 'export']) {
      expect((await read(path, team.viewer.access_token)).status).toBe(403);
      expect((await read(path, team.member.access_token)).status).toBe(403);
      expect((await read(path, team.stranger.access_token)).status).toBe(404);
      expect((await read(path, team.admin.access_token)).status).toBe(200);
    }
  });
});

describe('a checkpoint', () => {
  const kept = async () =>
    (
      await server.database.owner.query<{ size: string; note: string }>(
        'select size, note from event_checkpoints where workspace_id = $1 order by size, created_at',
        [team.workspace_id],
      )
    ).rows;

  test('is stored before it is returned, and a new one is signed only once the log has grown', async () => {
    const text = await team.owner.client.get_audit_checkpoint(at());
    const before = await kept();
    expect(before.at(-1)?.note).toBe(text);
    expect(await team.owner.client.get_audit_checkpoint(at())).toBe(text);
    expect(await kept()).toEqual(before);
  });

  test('is signed at most once per interval; meanwhile reads return the last one, and proofs refer to it', async () => {
    const slow = await startServer({ BATON_AUDIT_INTERVAL_S: '3600' }, { database: server.database });
    const headers = { authorization: `Bearer ${team.owner.access_token}` };
    const path = `${slow.url}/v1/workspaces/${team.workspace_id}/audit`;
    const { size } = await checkpoint();
    await fill(1);
    const text = await (await fetch(`${path}/checkpoint`, { headers })).text();
    expect(opened(text).size).toBe(size);
    expect((await fetch(`${path}/${size + 1}/proof`, { headers })).status).toBe(404);
    await slow.stop();
    expect((await checkpoint()).size).toBe(size + 1);
  });

  test('is not signed if a larger one exists, as after a restore from a backup', async () => {
    const { size } = await checkpoint();
    const forged = [team.workspace_id, size + 100, 'another key', 'a note'];
    await server.database.owner.query(
      'insert into event_checkpoints (workspace_id, size, signer, note) values ($1, $2, $3, $4)',
      forged,
    );
    await fill(1);
    expect((await checkpoint()).size).toBe(size);
    await server.database.owner.query('delete from event_checkpoints where signer = $1', ['another key']);
    expect((await checkpoint()).size).toBe(size + 1);
  });

  test('is signed again under another key; the ones of the first key stay and are not returned', async () => {
    const other = await startServer(
      { BATON_AUDIT_KEY: 'another0123456789abcdefghijklmnopqrstuvw' },
      { database: server.database },
    );
    const headers = { authorization: `Bearer ${team.owner.access_token}` };
    const text = await (
      await fetch(`${other.url}/v1/workspaces/${team.workspace_id}/audit/checkpoint`, { headers })
    ).text();
    await other.stop();
    expect(() => opened(text)).toThrow('No note');
    expect(text.split('\n').slice(0, 3)).toEqual(
      (await team.owner.client.get_audit_checkpoint(at())).split('\n').slice(0, 3),
    );
  });

  test('does not exist for a log without events', async () => {
    const own = await team.stranger.client.create_workspace({ body: { name: 'Own' } });
    const { status } = await team.stranger.client.raw.get_audit_checkpoint({ workspace_id: own.id });
    expect(status).toBe(404);
  });
});

test('an event whose text was purged is exported without it, and its proof stays the same', async () => {
  const { workspace_id, owner } = team;
  const { id: ticket } = await makeTicket(team, { title: 'A secret' });
  await numberEvents(server.database.url);
  const { size } = await checkpoint();
  const last = async () =>
    JSON.parse((await owner.client.export_audit({ workspace_id, after: size - 1 })).split('\n', 1)[0] ?? '') as object;
  const before = await last();
  expect(JSON.stringify(before)).toContain('A secret');
  const proof = await owner.client.get_audit_proof({ workspace_id, sequence: size });
  await owner.client.purge_ticket({ workspace_id, ticket, body: { fields: ['title'] } });
  expect(await last()).toEqual({ ...before, salt: null, payload: null });
  expect(await owner.client.get_audit_proof({ workspace_id, sequence: size })).toBe(proof);
});

test('the audit list shows an entry’s number once it has one, and the entry’s proof is found by it', async () => {
  const list = async (filter: object) => (await team.owner.client.list_audit({ ...at(), limit: 1, ...filter })).data[0];
  const { id: ticket } = await makeTicket(team);
  for (const filter of [{}, { subject: ticket }, { action: 'ticket.created' }]) {
    expect(await list(filter)).toMatchObject({ subject_id: ticket, sequence: null });
  }
  await numberEvents(server.database.url);
  const { data } = await team.owner.client.read_events({ ...at(), ticket });
  const sequence = Number(data[0]?.offset);
  for (const filter of [{}, { subject: ticket }, { action: 'ticket.created' }]) {
    expect(await list(filter)).toMatchObject({ id: data[0]?.id, sequence });
  }
  expect((await read(`${sequence}/proof`)).status).toBe(200);
});
