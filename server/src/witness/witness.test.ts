import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { ExportVerifier } from '../../../bin/verify-audit.ts';
import { numberEvents } from '../../../proof/harness/events.ts';
import { makeTeam, type Team } from '../../../proof/harness/make.ts';
import { freePort } from '../../../proof/harness/served.ts';
import { startServer, type TestServer } from '../../../proof/harness/server.ts';
import { consistencyProof, extended, type Hash, leafHash, rootOf } from '../ledger/merkle.ts';
import { logSigner, parseNote, printed, isSignedBy, signedNote, signingKey, witnessSigner } from '../ledger/note.ts';
import { serveWitness } from './serve.ts';
import { submitCheckpoint } from './submit.ts';
import { Witness } from './witness.ts';

let dir: string;
beforeAll(() => {
  dir = mkdtempSync(path.join(os.tmpdir(), 'baton-witness-'));
});
afterAll(() => rmSync(dir, { recursive: true }));

const log = logSigner('log.example', signingKey(Buffer.alloc(32, 1)));
const signer = witnessSigner('witness.example', signingKey(Buffer.alloc(32, 2)));

const leavesOf = (history: string, size: number): Hash[] =>
  Array.from({ length: size }, (_, n) => leafHash(`${n < 5 ? 'same' : history} ${n}`));
const noteOf = (leaves: readonly Hash[], by = log) =>
  signedNote(
    { origin: 'log.example', size: leaves.length, root: rootOf(extended({ size: 0, roots: [] }, leaves)) },
    by,
  );

async function submission(old: number, leaves: readonly Hash[], by = log): Promise<string> {
  const proof = await consistencyProof(old, leaves.length, (places) =>
    Promise.resolve(places.map(({ position }) => leaves[position] as Hash)),
  );
  return `${[`old ${old}`, ...proof.map((hash) => hash.toString('base64'))].join('\n')}\n\n${noteOf(leaves, by)}`;
}

const witnessIn = (name: string, now_s?: () => number) =>
  new Witness({ signer, logs: [log], dir: path.join(dir, name), ...(now_s && { now_s }) });

describe('a witness', () => {
  test('cosigns checkpoints that follow from the last one, with the time', async () => {
    const witness = witnessIn('follows', () => 1_800_000_000);
    for (const [old, size] of [
      [0, 3],
      [3, 3],
      [3, 7],
      [7, 200],
    ] as const) {
      const leaves = leavesOf('honest', size);
      const { status, body } = witness.addCheckpoint(await submission(old, leaves));
      expect(status).toBe(200);
      const note = parseNote(noteOf(leaves) + body);
      expect(note && isSignedBy(note, signer) && isSignedBy(note, log)).toBe(true);
    }
  });

  test('refuses another history, even if the log’s key has signed it', async () => {
    const witness = witnessIn('other');
    expect(witness.addCheckpoint(await submission(0, leavesOf('honest', 20))).status).toBe(200);
    for (const [old, size] of [
      [20, 20],
      [20, 30],
    ] as const) {
      expect(witness.addCheckpoint(await submission(old, leavesOf('another', size))).status).toBe(422);
    }
    expect(witness.addCheckpoint(await submission(20, leavesOf('honest', 21))).status).toBe(200);
  });

  test('returns the size of its last checkpoint if a submission begins at another one, and never goes back', async () => {
    const witness = witnessIn('back');
    witness.addCheckpoint(await submission(0, leavesOf('honest', 20)));
    for (const [old, size] of [
      [0, 30],
      [10, 30],
      [0, 10],
      [10, 10],
    ] as const) {
      expect(witness.addCheckpoint(await submission(old, leavesOf('honest', size)))).toEqual({
        ...{ status: 409, type: 'text/x.tlog.size', body: '20\n' },
      });
    }
  });

  test('stores only the log’s signature and its own, even of a note with the most signatures', async () => {
    const witness = witnessIn('full');
    const first = await submission(0, leavesOf('honest', 5));
    const others = Array.from({ length: 99 }, (_, n) => `\u2014 other${n} ${Buffer.alloc(68, n).toString('base64')}\n`);
    expect(witness.addCheckpoint(`${first}${others.join('')}one more`).status).toBe(400);
    expect(witness.addCheckpoint(`${first}${others.join('')}`).status).toBe(200);
    expect(witness.addCheckpoint(await submission(5, leavesOf('honest', 6))).status).toBe(200);
    const signedTwice = (await submission(6, leavesOf('honest', 7))).replace(/(\u2014 log.example .*\n)$/u, '$1$1');
    expect(witness.addCheckpoint(signedTwice).status).toBe(200);
    const [file = ''] = readdirSync(path.join(dir, 'full'));
    const kept = parseNote(readFileSync(path.join(dir, 'full', file), 'utf8'));
    expect(kept?.signatures.map(({ name }) => name)).toEqual(['log.example', 'witness.example']);
    expect(kept && isSignedBy(kept, log) && isSignedBy(kept, signer)).toBe(true);
  });

  test('refuses checkpoints of unknown logs or signed with other keys', async () => {
    const witness = witnessIn('keys');
    const other_key = logSigner('log.example', signingKey(Buffer.alloc(32, 3)));
    const leaves = leavesOf('honest', 5);
    expect(witness.addCheckpoint(await submission(0, leaves, other_key)).status).toBe(403);
    const other_log = (await submission(0, leaves)).replace('\n\nlog.example', '\n\nlog.elsewhere');
    expect(witness.addCheckpoint(other_log).status).toBe(404);
    const changed = (await submission(0, leaves)).replace('log.example\n5\n', 'log.example\n6\n');
    expect(witness.addCheckpoint(changed).status).toBe(403);
  });

  test.each([
    '',
    'old 0',
    'old 0\n\n',
    'old 00\n\nNOTE',
    'old -1\n\nNOTE',
    'old 9\n\nNOTE',
    'old 0\nAAAA\n\nNOTE',
    `old 0\n${`${Buffer.alloc(32).toString('base64')}\n`.repeat(64)}\nNOTE`,
  ])('refuses an invalid submission: %j', (text) => {
    const body = text.replace('NOTE', noteOf(leavesOf('honest', 5)));
    expect(witnessIn('form').addCheckpoint(body).status).toBe(400);
  });

  test('refuses a proof with the first checkpoint of a log', async () => {
    const body = (await submission(0, leavesOf('honest', 5))).replace(
      'old 0\n',
      `old 0\n${Buffer.alloc(32).toString('base64')}\n`,
    );
    expect(witnessIn('none').addCheckpoint(body).status).toBe(422);
  });

  test('cosigns only one of two histories in two processes with the same directory', async () => {
    const rounds = 60;
    const bodies = await Promise.all(['honest', 'another'].map((history) => submission(0, leavesOf(history, 20))));
    const turns = new Int32Array(new SharedArrayBuffer(4 * rounds));
    const contend = (body: string) => {
      const data = { turns, body, dirs: Array.from({ length: rounds }, (_, n) => path.join(dir, `contended ${n}`)) };
      const contender = new Worker(path.resolve(import.meta.dirname, '../../../proof/harness/contender.ts'), {
        workerData: data,
      });
      onTestFinished(() => void contender.terminate());
      return once(contender, 'message').then(([statuses]) => statuses as number[]);
    };
    const [one = [], other = []] = await Promise.all(bodies.map(contend));
    expect(one.map((status, n) => [status, other[n]].toSorted())).toEqual(
      Array.from({ length: rounds }, () => [200, 409]),
    );
  });

  test('refuses if another process has cosigned later checkpoints meanwhile', async () => {
    const ahead = witnessIn('slow');
    const go = async (old: number, size: number) =>
      expect(ahead.addCheckpoint(await submission(old, leavesOf('honest', size))).status).toBe(200);
    await go(0, 5);
    const steps = await Promise.all([submission(5, leavesOf('honest', 6)), submission(6, leavesOf('honest', 7))]);
    // It reads the time after it has read the last checkpoint and before it stores the next one.
    const slow = witnessIn('slow', () => {
      for (const step of steps) expect(ahead.addCheckpoint(step).status).toBe(200);
      return 1_800_000_000;
    });
    expect(slow.addCheckpoint(await submission(5, leavesOf('another', 9)))).toMatchObject({ status: 409, body: '7\n' });
    await go(7, 8);
  });

  test('continues from a checkpoint that an earlier version has stored', async () => {
    witnessIn('earlier').addCheckpoint(await submission(0, leavesOf('honest', 20)));
    const [file = ''] = readdirSync(path.join(dir, 'earlier'));
    renameSync(path.join(dir, 'earlier', file), path.join(dir, 'earlier', file.replace(/\.1$/, '.checkpoint')));
    expect(witnessIn('earlier').addCheckpoint(await submission(0, leavesOf('another', 30))).status).toBe(409);
    expect(witnessIn('earlier').addCheckpoint(await submission(20, leavesOf('honest', 30))).status).toBe(200);
    expect(readdirSync(path.join(dir, 'earlier'))).toHaveLength(1);
  });

  test('remembers its checkpoints across restarts, and fails if a stored one is damaged', async () => {
    witnessIn('restart').addCheckpoint(await submission(0, leavesOf('honest', 20)));
    expect(witnessIn('restart').addCheckpoint(await submission(20, leavesOf('another', 30))).status).toBe(422);
    const [file = ''] = readdirSync(path.join(dir, 'restart'));
    writeFileSync(path.join(dir, 'restart', file), 'damaged');
    const body = await submission(0, leavesOf('another', 30));
    expect(() => witnessIn('restart').addCheckpoint(body)).toThrow('can’t be read'.replace('’', "'"));
  });
});

describe('a witness over HTTP', () => {
  let server: TestServer;
  let team: Team;
  beforeAll(async () => {
    server = await startServer();
    team = await makeTeam(server);
    await numberEvents(server.database.url);
  });
  afterAll(() => server.stop());

  const owned = (text: string) => server.database.owner.query(text, [team.workspace_id]);
  const key = () => {
    const name = `${server.config.audit_name}/log/${team.workspace_id}`;
    return logSigner(name, signingKey(server.config.audit_seed));
  };

  /** Recomputes all hashes, so that the log is consistent in itself, and deletes its signed checkpoints. */
  async function hashAnew(): Promise<void> {
    await owned(
      `update events set payload_hash = event_payload_hash(salt, event_payload(before, after, request_id)) where workspace_id = $1`,
    );
    const { rows } = await server.database.owner.query<{ leaf: Buffer }>(
      'select event_leaf(e) as leaf from events e where workspace_id = $1 order by sequence',
      [team.workspace_id],
    );
    const leaves = rows.map(({ leaf }) => leaf);
    const { roots } = extended({ size: 0, roots: [] }, leaves);
    await server.database.owner.query(
      'update event_heads set last_sequence = $2, tree_size = $2, frontier = $3 where workspace_id = $1',
      [team.workspace_id, leaves.length, Buffer.concat(roots)],
    );
    await owned('delete from event_checkpoints where workspace_id = $1');
  }

  async function exported(known: readonly string[], witnesses: readonly string[]) {
    const page = await team.owner.client.export_audit({ workspace_id: team.workspace_id });
    const verifier = new ExportVerifier({ key: printed(key()), known, witnesses });
    for (const line of page.trimEnd().split('\n')) verifier.take(line);
    return verifier.end().problems.map(({ code }) => code);
  }

  test('exposes a superuser who rewrites history with the log’s key, which the log alone does not', async () => {
    const witness = new Witness({ signer, logs: [key()], dir: path.join(dir, 'superuser') });
    const { url, server: listening } = await serveWitness(witness, {
      host: '127.0.0.1',
      port: 0,
      say: () => undefined,
    });
    onTestFinished(() => {
      listening.close();
      listening.closeAllConnections();
    });
    const { workspace_id } = team;
    const { token } = await team.owner.client.create_token({
      workspace_id,
      body: { name: 'W', scopes: ['audit:read'] },
    });
    const parties = { log: `${server.url}/v1/workspaces/${workspace_id}/audit`, token, witness: url };
    await numberEvents(server.database.url);
    const cosigned = await submitCheckpoint(parties);
    expect(await exported([cosigned], [printed(signer)])).toEqual([]);
    // An honest log grows.
    await team.owner.client.create_bot({ workspace_id, body: { name: 'B' } });
    await numberEvents(server.database.url);
    const later = await submitCheckpoint(parties);
    expect(later.split('\n')[1]).toBe(String(Number(cosigned.split('\n')[1]) + 1));

    await owned(`update events set after = '{"name": "Another"}' where workspace_id = $1 and sequence = 1`);
    await hashAnew();
    // The log alone shows nothing.
    expect(await exported([], [])).toEqual([]);
    // An earlier checkpoint, or the witness's, does.
    expect(await exported([later], [printed(signer)])).toEqual(['contradicts']);
    expect(await exported([cosigned], [printed(signer)])).toEqual(['contradicts']);
    await expect(submitCheckpoint(parties)).rejects.toThrow('The log contradicts what the witness has cosigned');
    // Dropping the last events is found, too.
    await owned('delete from events where workspace_id = $1 and sequence > 3');
    await hashAnew();
    expect(await exported([], [])).toEqual([]);
    expect(await exported([cosigned], [printed(signer)])).toEqual(['rolled_back']);
    await expect(submitCheckpoint(parties)).rejects.toThrow('and the log has 3: it was rolled back');
  });

  test('cannot be asked if it or the log is unreachable or has an invalid URL, and the error says which', async () => {
    const { workspace_id } = team;
    const { token } = await team.owner.client.create_token({
      workspace_id,
      body: { name: 'W', scopes: ['audit:read'] },
    });
    await numberEvents(server.database.url);
    const log = `${server.url}/v1/workspaces/${workspace_id}/audit`;
    const nowhere = `http://127.0.0.1:${await freePort()}`;
    for (const [parties, says] of [
      [{ log: nowhere, witness: nowhere }, `The log can't be reached at ${nowhere} (ECONNREFUSED).`],
      [{ log: `${log}/`, witness: nowhere }, `The witness can't be reached at ${nowhere} (ECONNREFUSED).`],
      [{ log: `${log}x`, witness: nowhere }, 'The log responded 404 for checkpoint'],
      [{ log: 'none', witness: nowhere }, 'The URL of the log is invalid. Expected one such as https://'],
      [{ log, witness: '127.0.0.1:9' }, 'The URL of the witness is invalid. Expected one such as https://'],
      [{ log, witness: 'file:///witness' }, 'The URL of the witness is invalid'],
      [{ log, witness: 'http://a:b@127.0.0.1:9' }, 'The URL of the witness is invalid'],
      [{ log, witness: `${nowhere}?a` }, 'The URL of the witness is invalid'],
    ] as const) {
      await expect(submitCheckpoint({ ...parties, token })).rejects.toThrow(says);
    }
  });

  test('cosigns submissions, and refuses other requests', async () => {
    const witness = new Witness({ signer, logs: [log], dir: path.join(dir, 'http') });
    const { url, server: listening } = await serveWitness(witness, {
      host: '127.0.0.1',
      port: 0,
      say: () => undefined,
    });
    onTestFinished(() => {
      listening.close();
      listening.closeAllConnections();
    });
    const post = (body: string) => fetch(`${url}/add-checkpoint`, { method: 'POST', body });
    const taken = await post(await submission(0, leavesOf('honest', 4)));
    expect([taken.status, taken.headers.get('content-type')]).toEqual([200, 'text/plain; charset=utf-8']);
    const conflict = await post(await submission(0, leavesOf('honest', 4)));
    expect([conflict.status, conflict.headers.get('content-type'), await conflict.text()]).toEqual([
      409,
      'text/x.tlog.size',
      '4\n',
    ]);
    expect((await post('x'.repeat(100_000))).status).toBe(413);
    expect((await fetch(`${url}/add-checkpoint`)).status).toBe(405);
    expect((await fetch(`${url}/elsewhere`)).status).toBe(404);
  });
});
