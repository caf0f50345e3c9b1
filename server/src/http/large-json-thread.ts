import { readlinkSync } from 'node:fs';
import { setPriority } from 'node:os';
import path from 'node:path';
import { parentPort, type Transferable } from 'node:worker_threads';
import { contracts } from '../contracts.ts';
import { BatonError } from '../errors.ts';
import { readBody } from './body-json.ts';
import { digestOf } from './entity-tag.ts';
import type { Job, Reply } from './large-json.ts';

const operations = new Map(contracts.map((operation) => [operation.id, operation]));

function read({ operation: id, bytes }: Job & { kind: 'read' }): Reply {
  const operation = operations.get(id);
  if (operation === undefined) throw new Error(`There is no operation ${id}.`);
  try {
    return { kind: 'read', body: readBody(operation, bytes) };
  } catch (error) {
    if (!(error instanceof BatonError)) throw error;
    return { kind: 'refused', code: error.code, data: error.data };
  }
}

const less_urgent = 5;

/** Lets requests have the processor first. On Linux a priority is a thread's; elsewhere nothing happens. */
function yieldToRequests(): void {
  try {
    setPriority(Number(path.basename(readlinkSync('/proc/thread-self'))), less_urgent);
  } catch {
    // As urgent as requests, and otherwise the same.
  }
}

yieldToRequests();
parentPort?.on('message', (job: Job) => {
  if (job.kind === 'read') {
    parentPort?.postMessage(read(job));
    return;
  }
  const bytes = Buffer.from(JSON.stringify(job.value));
  // Small buffers share one with others, which would go along.
  const own = bytes.byteLength === bytes.buffer.byteLength ? [bytes.buffer as Transferable] : [];
  parentPort?.postMessage({ kind: 'written', bytes, digest: digestOf(bytes) } satisfies Reply, own);
});
