import { parentPort, workerData } from 'node:worker_threads';
import { logSigner, signingKey, witnessSigner } from '../../server/src/ledger/note.ts';
import { Witness } from '../../server/src/witness/witness.ts';

// A witness that submits one checkpoint to each directory, at the same moment as another one does.

const { turns, body, dirs } = workerData as { turns: Int32Array; body: string; dirs: string[] };
const logs = [logSigner('log.example', signingKey(Buffer.alloc(32, 1)))];
const signer = witnessSigner('witness.example', signingKey(Buffer.alloc(32, 2)));
const statuses = dirs.map((dir, n) => {
  const witness = new Witness({ signer, logs, dir });
  // Not Atomics.wait: a thread that must be woken is later than one that never slept.
  for (Atomics.add(turns, n, 1); Atomics.load(turns, n) < 2; );
  return witness.addCheckpoint(body).status;
});
parentPort?.postMessage(statuses);
