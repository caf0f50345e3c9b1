import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { createDurably, makeDirectoryDurably } from '../lib/durable-files.ts';
import { type Hash, hash_bytes, isConsistent } from '../ledger/merkle.ts';
import {
  type Checkpoint,
  cosignature,
  isSignedBy,
  type Note,
  parseCheckpoint,
  parseNote,
  type Signer,
  signedAlone,
  type Verifier,
} from '../ledger/note.ts';

/** The response of a witness. The body of a success has the line of its cosignature. */
export interface Reply {
  status: 200 | 400 | 403 | 404 | 409 | 422;
  type: 'text/plain' | 'text/x.tlog.size';
  body: string;
}

const refused = (status: Reply['status'], says: string): Reply => ({ status, type: 'text/plain', body: `${says}\n` });

interface Submission {
  old: number;
  proof: Hash[];
  note: Note;
  checkpoint: Checkpoint;
}

const most_hashes = 63;

/** Reads the body of `add-checkpoint`. Returns undefined if it is invalid. */
function parseSubmission(body: string): Submission | undefined {
  const end = body.indexOf('\n\n');
  const [first = '', ...lines] = body.slice(0, end).split('\n');
  const [, old] = /^old (0|[1-9]\d{0,15})$/.exec(first) ?? [];
  const proof = lines.map((line) => Buffer.from(line, 'base64'));
  const are_hashes = proof.every((hash, n) => hash.length === hash_bytes && hash.toString('base64') === lines[n]);
  if (end < 0 || old === undefined || proof.length > most_hashes || !are_hashes) return undefined;
  const note = parseNote(body.slice(end + 2));
  const checkpoint = note && parseCheckpoint(note.text);
  return note && checkpoint && { old: Number(old), proof, note, checkpoint };
}

/**
 * Cosigns only checkpoints that follow from the last one that it has cosigned for the same log (C2SP tlog-witness). So
 * of two histories of a log, it cosigns one. A checkpoint is on its disk before anybody gets the cosignature, in a file
 * with the next number. Of several processes with the same directory, only one can create that file.
 */
export class Witness {
  readonly #signer: Signer;
  readonly #logs: readonly Verifier[];
  readonly #dir: string;
  readonly #now_s: () => number;

  constructor({
    signer,
    logs,
    dir,
    now_s,
  }: { signer: Signer; logs: readonly Verifier[]; dir: string; now_s?: () => number }) {
    this.#signer = signer;
    this.#logs = logs;
    this.#dir = dir;
    this.#now_s = now_s ?? (() => Math.floor(Date.now() / 1000));
    makeDirectoryDurably(dir);
  }

  /** Returns the path of a log's checkpoint with this number. Number 0 is the file of an earlier version. */
  #fileOf(origin: string, number: number): string {
    const log = createHash('sha256').update(origin).digest('hex');
    return path.join(this.#dir, `${log}.${number === 0 ? 'checkpoint' : number}`);
  }

  /** Returns how many checkpoints of a log it has cosigned, which is the number of the last one's file. */
  #count(origin: string): number {
    const beginning = path.basename(this.#fileOf(origin, 1)).slice(0, -1);
    const numbers = readdirSync(this.#dir)
      .filter((name) => name.startsWith(beginning))
      .map((name) => name.slice(beginning.length));
    return Math.max(0, ...numbers.filter((number) => /^\d+$/.test(number)).map(Number));
  }

  /** Returns the last checkpoint that it has cosigned for a log, and how many there were. */
  #last(origin: string): { count: number; checkpoint: Checkpoint | undefined } {
    const count = this.#count(origin);
    const file = this.#fileOf(origin, count);
    if (count === 0 && !existsSync(file)) return { count, checkpoint: undefined };
    let text: string;
    try {
      text = readFileSync(file, 'utf8');
    } catch (error) {
      // Another process has cosigned a later checkpoint and removed this file.
      if (this.#count(origin) > count) return this.#last(origin);
      throw error;
    }
    const note = parseNote(text);
    const checkpoint = note && parseCheckpoint(note.text);
    if (checkpoint?.origin !== origin) throw new Error(`${file} can't be read as a checkpoint. Restore it.`);
    return { count, checkpoint };
  }

  /** Stores a checkpoint as the next one. Returns false if another process was first. */
  #keep(origin: string, count: number, text: string): boolean {
    const file = this.#fileOf(origin, count + 1);
    if (!createDurably(file, () => text)) return false;
    // Another process may have stored this number, then a later one, and removed this number's file. Listing a
    // directory that changes is not atomic, so the next number's file is checked separately.
    const is_last = this.#count(origin) === count + 1 && !existsSync(this.#fileOf(origin, count + 2));
    rmSync(is_last ? this.#fileOf(origin, count) : file, { force: true });
    return is_last;
  }

  /** Handles `POST add-checkpoint`. */
  addCheckpoint(body: string): Reply {
    const submission = parseSubmission(body);
    if (submission === undefined) return refused(400, 'The body is not a valid submission of a checkpoint.');
    const { old, proof, note, checkpoint } = submission;
    const logs = this.#logs.filter(({ name }) => name === checkpoint.origin);
    if (logs.length === 0) return refused(404, 'This witness does not know the log.');
    const log = logs.find((known) => isSignedBy(note, known));
    if (log === undefined) return refused(403, 'No key of this log has signed the checkpoint.');
    if (old > checkpoint.size) return refused(400, 'The old size is larger than the checkpoint’s.');
    const { origin } = checkpoint;
    const { count, checkpoint: last } = this.#last(origin);
    const elsewhere = (size = 0): Reply => ({ status: 409, type: 'text/x.tlog.size', body: `${size}\n` });
    if (old !== (last?.size ?? 0)) return elsewhere(last?.size);
    const grown = { old, old_root: last?.root, size: checkpoint.size, root: checkpoint.root };
    const follows =
      grown.old_root === undefined ? proof.length === 0 : isConsistent({ ...grown, old_root: grown.old_root }, proof);
    if (!follows) return refused(422, 'The checkpoint does not follow from the last one.');
    const line = cosignature(note.text, this.#signer, this.#now_s());
    // Only the log's signature is stored. Anybody can add others, and a note with too many could not be read again.
    if (!this.#keep(origin, count, `${signedAlone(note, log)}${line}`))
      return elsewhere(this.#last(origin).checkpoint?.size);
    return { status: 200, type: 'text/plain', body: line };
  }
}
