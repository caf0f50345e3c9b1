import type { WitnessConfig } from '../config/witness.ts';
import { ConfigError } from '../config/error.ts';
import { printed, signingKey, witnessSigner } from '../ledger/note.ts';
import { stopOnSignal } from '../process/stopping.ts';
import { serveWitness } from './serve.ts';
import { type Parties, submitCheckpoint } from './submit.ts';
import { Witness } from './witness.ts';

const say = (text: string) => void process.stderr.write(`${text}\n`);
const stop_ms = 10_000;

/** Serves a witness until a signal stops it. */
export async function runWitness({ name, seed, dir, logs, host, port }: WitnessConfig): Promise<void> {
  const signer = witnessSigner(name, signingKey(seed));
  const witness = new Witness({ signer, logs, dir });
  const { url, server } = await serveWitness(witness, { host, port, say }).catch((error: unknown) => {
    const { code = 'unknown' } = error as NodeJS.ErrnoException;
    throw new ConfigError(`Port ${port} on ${host} can't be listened on (${code}). Set BATON_WITNESS_PORT or HOST.`);
  });
  say(`Witness at ${url}/add-checkpoint, of ${logs.map((log) => log.name).join(', ')}`);
  process.stdout.write(`${printed(signer)}\n`);
  stopOnSignal({
    timeout_ms: stop_ms,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeIdleConnections();
      }),
  });
}

/** Submits a log's checkpoint to a witness and prints the cosigned checkpoint. Returns the exit code. */
export async function runSubmit(parties: Parties): Promise<number> {
  try {
    process.stdout.write(await submitCheckpoint(parties));
    return 0;
  } catch (error) {
    say(error instanceof Error ? error.message : String(error));
    return 1;
  }
}
