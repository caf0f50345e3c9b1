import { createPublicKey, type KeyObject } from 'node:crypto';
import { createRequire } from 'node:module';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { numberEvents } from '../../../proof/harness/events.ts';
import { makeTeam, type Team } from '../../../proof/harness/make.ts';
import { startServer, type TestServer } from '../../../proof/harness/server.ts';
import { logSigner, signingKey } from '../ledger/note.ts';

// These proofs are checked by the code with which npm verifies where
// its packages come from. It shares no line with ours.

interface Entry {
  canonicalizedBody: Buffer;
  inclusionProof: { logIndex: string; hashes: Buffer[]; checkpoint: { envelope: string } };
}
interface LogCheckpoint {
  logSize: bigint;
  logHash: Buffer;
}
interface Log {
  logID: Buffer;
  baseURL: string;
  publicKey: KeyObject;
}

const require = createRequire(import.meta.url);
const judge = path.dirname(require.resolve('@sigstore/verify'));
const { verifyCheckpoint } = require(path.join(judge, 'tlog/checkpoint.js')) as {
  verifyCheckpoint: (entry: Entry, logs: Log[]) => LogCheckpoint;
};
const { verifyMerkleInclusion } = require(path.join(judge, 'tlog/merkle.js')) as {
  verifyMerkleInclusion: (entry: Entry, checkpoint: LogCheckpoint) => void;
};

let server: TestServer;
let team: Team;
beforeAll(async () => {
  server = await startServer();
  team = await makeTeam(server);
  await server.database.owner.query(
    `insert into outbox (workspace_id, id, actor_id, action, subject_type, subject_id, request_id)
     select $1, gen_random_uuid(), $2, 'workspace.purged', 'workspace', $1, 'seed-0001' from generate_series(1, 600)`,
    [team.workspace_id, team.owner.user.id],
  );
  await numberEvents(server.database.url);
});
afterAll(() => server.stop());

function log(): Log {
  const { name, id, private_key } = logSigner(
    `${server.config.audit_name}/log/${team.workspace_id}`,
    signingKey(server.config.audit_seed),
  );
  return { logID: id, baseURL: name, publicKey: createPublicKey(private_key) };
}

/** An event's proof in the form that the other code reads. */
async function judged(sequence: number): Promise<Entry> {
  const { workspace_id, owner } = team;
  const exported = await owner.client.export_audit({ workspace_id, after: sequence - 1, limit: 1 });
  const { entry } = JSON.parse(exported.split('\n', 1)[0] ?? '') as { entry: string };
  const proof = await owner.client.get_audit_proof({ workspace_id, sequence });
  const [head = '', ...note] = proof.split('\n\n');
  const [, index = '', ...hashes] = head.split('\n');
  return {
    canonicalizedBody: Buffer.from(entry),
    inclusionProof: {
      logIndex: index.replace('index ', ''),
      hashes: hashes.map((hash) => Buffer.from(hash, 'base64')),
      checkpoint: { envelope: note.join('\n\n') },
    },
  };
}

const accepts = (entry: Entry, logs = [log()]) => verifyMerkleInclusion(entry, verifyCheckpoint(entry, logs));

test('@sigstore/verify accepts the checkpoint and the proofs of events', async () => {
  for (const sequence of [1, 2, 255, 256, 257, 512, 513, 600]) {
    const entry = await judged(sequence);
    expect(() => accepts(entry), String(sequence)).not.toThrow();
  }
});

test('control: @sigstore/verify refuses a wrong event, place, checkpoint or key', async () => {
  const entry = await judged(300);
  const { inclusionProof } = entry;
  const elsewhere = { ...inclusionProof, logIndex: '300' };
  const envelope = inclusionProof.checkpoint.envelope.replace(/\n\d+\n/, '\n599\n');
  expect(() => accepts({ ...entry, canonicalizedBody: Buffer.from('{}') })).toThrow('calculated root hash');
  expect(() => accepts({ ...entry, inclusionProof: elsewhere })).toThrow();
  expect(() => accepts({ ...entry, inclusionProof: { ...inclusionProof, checkpoint: { envelope } } })).toThrow(
    'signature',
  );
  const other = { ...log(), publicKey: createPublicKey(signingKey(Buffer.alloc(32, 9)).private_key) };
  expect(() => accepts(entry, [other])).toThrow('signature');
});
