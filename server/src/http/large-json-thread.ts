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

/**
 * Lowers the priority of this thread, so that requests get the processor first. Only Linux has a priority per thread;
 * elsewhere nothing happens.
 */
function yieldToRequests(): void {
  try {
    setPriority(Number(path.basename(readlinkSync('/proc/thread-self'))), less_urgent);
  } catch {
    // The thread also works at the usual priority.
  }
}

yieldToRequests();
parentPort?.on('message', (job: Job) => {
  if (job.kind === 'read') {
    parentPort?.postMessage(read(job));
    return;
  }
  const bytes = Buffer.from(JSON.stringify(job.value));
  // A small buffer shares its memory with others, which would be transferred, too.
  const own = bytes.byteLength === bytes.buffer.byteLength ? [bytes.buffer as Transferable] : [];
  parentPort?.postMessage({ kind: 'written', bytes, digest: digestOf(bytes) } satisfies Reply, own);
});
