import { createReadStream, existsSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { pipeline } from 'node:stream';
import { TextDecoder } from 'node:util';
import { createGunzip } from 'node:zlib';
import type { Report } from './report.ts';
import { resolutionOf } from './resolution.ts';

/** A field's value before and after; `from` is undefined if the source doesn't say. */
interface FieldChange {
  from: string | null | undefined;
  to: string | null;
}

/** One line of the replay file. */
export interface SourceOperation {
  at: string;
  op: 'create' | 'change' | 'comment';
  ticket: string;
  by: string | null;
  set: Map<string, FieldChange>;
  /** The length of the comment, or of the description of a new ticket. */
  chars: number;
  title_chars: number;
}

/** One line of the tickets file. */
export interface SourceTicket {
  id: string;
  title: string | null;
  description: string | null;
  reporter: string | null;
  /** The last value of every other field: status, assignee, component … */
  facts: Map<string, string | null>;
  comments: { at: string; by: string | null; body: string }[];
}

type Row = Record<string, unknown>;

/** A file that can't be replayed; the message names it. */
export class SourceError extends Error {
  override name = 'SourceError';
}

/** The operations of an NDJSON file, plain or gzipped, in its order. Other lines go to the report. */
export async function* readOperations(path: string, report: Report): AsyncGenerator<SourceOperation> {
  for await (const [row, where] of rows(path, report)) {
    const operation = asOperation(row);
    if (operation) yield operation;
    else report.note('unreadable_line', where);
  }
}

/** The tickets of an NDJSON file, plain or gzipped, one at a time: their texts may be large. */
export async function* readTickets(path: string, report: Report): AsyncGenerator<SourceTicket> {
  for await (const [row, where] of rows(path, report)) {
    const ticket = asTicket(row);
    if (ticket) yield ticket;
    else report.note('unreadable_line', where);
  }
}

/** `x-tickets.ndjson.gz` for `x-replay.ndjson.gz`, gzipped or not, if it exists. */
export function ticketsFileBeside(replay: string): string | undefined {
  const name = basename(replay);
  if (!name.includes('replay')) return undefined;
  const beside = join(dirname(replay), name.replace('replay', 'tickets'));
  const zipped = beside.endsWith('.gz');
  return [beside, zipped ? beside.slice(0, -3) : `${beside}.gz`].find((path) => existsSync(path));
}

async function* rows(path: string, report: Report): AsyncGenerator<[row: Row, where: string]> {
  let number = 0;
  for await (const { text, ended } of lines(path)) {
    number += 1;
    if (text.trim() === '') continue;
    const row = parse(text);
    if (row) yield [row, `line ${number}`];
    else if (!ended) throw new SourceError(`${path}: the file ends in the middle of line ${number}. It was cut off.`);
    else report.note('unreadable_line', `line ${number}`);
  }
}

function parse(line: string): Row | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return isRow(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** An error that says in words what is wrong with the file. */
function unreadable(path: string, error: unknown): SourceError {
  const { code, message } = error as NodeJS.ErrnoException;
  const words: Record<string, string> = {
    ENOENT: 'there is no such file.',
    EACCES: 'this process is not allowed to read the file.',
    EISDIR: 'this is a folder.',
    Z_BUF_ERROR: 'the gzip file ends too early. It was cut off.',
    Z_DATA_ERROR: 'the gzip file is damaged.',
    ERR_ENCODING_INVALID_ENCODED_DATA: 'the file is not in UTF-8. Convert it first.',
  };
  return new SourceError(`${path}: ${words[code ?? ''] ?? message}`, { cause: error });
}

// Not readline: it also breaks lines at U+2028 and U+2029, which JSON may hold unescaped.
async function* lines(path: string): AsyncGenerator<{ text: string; ended: boolean }> {
  let held = '';
  const utf8 = new TextDecoder('utf-8', { fatal: true }); // it also drops a byte order mark
  try {
    for await (const chunk of await bytesOf(path)) {
      const parts = utf8.decode(chunk, { stream: true }).split('\n');
      parts[0] = held + parts[0];
      held = parts.pop() ?? '';
      yield* parts.map((text) => ({ text, ended: true }));
    }
  } catch (error) {
    throw unreadable(path, error);
  }
  const text = held + restOf(utf8);
  if (text) yield { text, ended: false };
}

/** What is left at the end: nothing, or U+FFFD for a character that was cut off, which makes the line unreadable. */
function restOf(utf8: TextDecoder): string {
  try {
    return utf8.decode();
  } catch {
    return '\ufffd';
  }
}

async function bytesOf(path: string): Promise<AsyncIterable<Buffer>> {
  const zipped = await isGzip(path); // before the stream is created: nothing would handle its error about a missing file
  const bytes = createReadStream(path);
  return zipped ? pipeline(bytes, createGunzip(), () => {}) : bytes;
}

async function isGzip(path: string): Promise<boolean> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(2), 0, 2, 0);
    return bytesRead === 2 && buffer[0] === 0x1f && buffer[1] === 0x8b;
  } finally {
    await file.close();
  }
}

function asOperation(row: Row): SourceOperation | undefined {
  const { op } = row;
  const ticket = scalar(row['ticket']);
  if (ticket === null || (op !== 'create' && op !== 'change' && op !== 'comment')) return undefined;
  const created = op === 'create';
  return {
    at: scalar(row['at']) ?? '',
    op,
    ticket,
    by: scalar(row['by']),
    set: new Map(
      isRow(row['set']) ? Object.entries(row['set']).map(([field, v]) => [field, changeOf(field, v, created)]) : [],
    ),
    chars: size(row[created ? 'description_chars' : 'chars']),
    title_chars: size(row['title_chars']),
  };
}

function asTicket(row: Row): SourceTicket | undefined {
  const id = scalar(row['id']);
  if (id === null) return undefined;
  const { title, description, comments, history: _, reporter, ...rest } = row;
  const facts = Object.entries(rest).filter(([field]) => field !== 'id' && !field.endsWith('_at'));
  return {
    id,
    title: scalar(title),
    description: scalar(description),
    reporter: scalar(reporter),
    facts: new Map(facts.map(([field, value]) => [field, scalar(value)])),
    comments: (Array.isArray(comments) ? comments.filter(isRow) : []).map((comment) => ({
      at: scalar(comment['at']) ?? '',
      by: scalar(comment['by']),
      body: scalar(comment['body']) ?? '',
    })),
  };
}

function changeOf(field: string, value: unknown, created: boolean): FieldChange {
  const change = fieldChange(value, created);
  if (field !== 'resolution') return change;
  const { from, to } = change;
  return { from: from === undefined ? undefined : resolutionOf(from), to: resolutionOf(to) };
}

// A change is a pair. A creation has plain values, and a list in it is a value, unless it is a pair that begins with
// null.
function fieldChange(value: unknown, created: boolean): FieldChange {
  const pair = Array.isArray(value) && value.length === 2 && (!created || value[0] === null);
  return pair ? { from: scalar(value[0]), to: scalar(value[1]) } : { from: undefined, to: scalar(value) };
}

/** Any value as one text; null if it is empty. */
function scalar(value: unknown): string | null {
  if (Array.isArray(value)) return scalar(value.map((entry) => scalar(entry) ?? '').join(' '));
  if (typeof value === 'string') return value.trim() === '' ? null : value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return value === null || value === undefined ? null : JSON.stringify(value);
}

function size(value: unknown): number {
  return typeof value === 'number' && value > 0 ? Math.floor(value) : 0;
}

function isRow(value: unknown): value is Row {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
