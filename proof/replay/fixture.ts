import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { onTestFinished } from 'vitest';
import type { TicketPlan } from './calls.ts';
import { derive, type Mapping } from '../../server/src/importing/derive.ts';
import { readSource, type Source } from '../../server/src/importing/history.ts';
import { plans } from './plan.ts';
import { Report } from '../../server/src/importing/report.ts';

interface Files {
  operations: readonly unknown[];
  tickets?: readonly unknown[];
  gzip?: boolean;
}

/**
 * Writes a tracker's files into a new temporary folder and returns the path of the replay file. Strings are written as lines
 * unchanged.
 */
export function writeSource({ operations, tickets, gzip = false }: Files): string {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'baton-replay-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const write = (name: string, rows: readonly unknown[]) => {
    const text = rows.map((row) => (typeof row === 'string' ? row : JSON.stringify(row))).join('\n');
    const file = path.join(folder, gzip ? `${name}.ndjson.gz` : `${name}.ndjson`);
    writeFileSync(file, gzip ? gzipSync(text) : text);
    return file;
  };
  if (tickets) write('other-tickets', tickets);
  return write('other-replay', operations);
}

/** Reads an invented tracker, derives its mapping and plans its tickets, as a replay would. */
export async function planSource(files: Files): Promise<{
  source: Source;
  mapping: Mapping;
  plans: Map<string, TicketPlan>;
  report: Report;
}> {
  const report = new Report();
  const source = await readSource(writeSource(files), report);
  const mapping = derive([...source.histories.values()]);
  const planned = await collect(plans(source, mapping, report));
  return { source, mapping, plans: new Map(planned.map((plan) => [plan.ticket, plan])), report };
}

/** Collects everything that a stream yields. */
export async function collect<T>(stream: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of stream) all.push(item);
  return all;
}
