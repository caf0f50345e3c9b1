import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { makeDirectoryDurably, replaceDurably } from '../lib/durable-files.ts';
import { type Hash, hash_bytes, isConsistent } from '../ledger/merkle.ts';
import {
  type Checkpoint,
  cosignature,
  isSignedBy,
  type Note,
  parseCheckpoint,
  parseNote,
  type Signer,
  type Verifier,
} from '../ledger/note.ts';

/** What a witness responds with: of a success the lines of its cosignatures. */
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
  /** The note as it was sent. */
  text: string;
  checkpoint: Checkpoint;
}

const most_hashes = 63;

/** Reads the body of `add-checkpoint`; undefined where it isn't one. */
function parseSubmission(body: string): Submission | undefined {
  const end = body.indexOf('\n\n');
  const [first = '', ...lines] = body.slice(0, end).split('\n');
  const [, old] = /^old (0|[1-9]\d{0,15})$/.exec(first) ?? [];
  const proof = lines.map((line) => Buffer.from(line, 'base64'));
  const are_hashes = proof.every((hash, n) => hash.length === hash_bytes && hash.toString('base64') === lines[n]);
  if (end < 0 || old === undefined || proof.length > most_hashes || !are_hashes) return undefined;
  const text = body.slice(end + 2);
  const note = parseNote(text);
  const checkpoint = note && parseCheckpoint(note.text);
  return note && checkpoint && { old: Number(old), proof, note, text, checkpoint };
}

/**
 * Cosigns a checkpoint that follows from the last one that it has cosigned of the same log, and no other (C2SP tlog-witness). So
 * of two histories it cosigns one. What it has cosigned is on its disk before anybody gets the cosignature; one process
 * has the directory, and does one submission after the other.
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

  #fileOf(origin: string): string {
    return path.join(this.#dir, `${createHash('sha256').update(origin).digest('hex')}.checkpoint`);
  }

  /** The last checkpoint that it has cosigned of a log. */
  #last(origin: string): Checkpoint | undefined {
    const file = this.#fileOf(origin);
    if (!existsSync(file)) return undefined;
    const note = parseNote(readFileSync(file, 'utf8'));
    const checkpoint = note && parseCheckpoint(note.text);
    if (checkpoint?.origin !== origin) throw new Error(`${file} can't be read as a checkpoint. Restore it.`);
    return checkpoint;
  }

  /** Does what `POST add-checkpoint` asks for. */
  addCheckpoint(body: string): Reply {
    const submission = parseSubmission(body);
    if (submission === undefined) return refused(400, 'This is no submission of a checkpoint.');
    const { old, proof, note, text, checkpoint } = submission;
    const logs = this.#logs.filter(({ name }) => name === checkpoint.origin);
    if (logs.length === 0) return refused(404, 'This log is not known here.');
    if (!logs.some((log) => isSignedBy(note, log)))
      return refused(403, 'No key of this log has signed the checkpoint.');
    if (old > checkpoint.size) return refused(400, 'The old size is larger than the checkpoint’s.');
    const last = this.#last(checkpoint.origin);
    if (old !== (last?.size ?? 0)) return { status: 409, type: 'text/x.tlog.size', body: `${last?.size ?? 0}\n` };
    const grown = { old, old_root: last?.root, size: checkpoint.size, root: checkpoint.root };
    const follows =
      grown.old_root === undefined ? proof.length === 0 : isConsistent({ ...grown, old_root: grown.old_root }, proof);
    if (!follows) return refused(422, 'The checkpoint does not follow from the last one.');
    const line = cosignature(note.text, this.#signer, this.#now_s());
    replaceDurably(this.#fileOf(checkpoint.origin), `${text}${line}`);
    return { status: 200, type: 'text/plain', body: line };
  }
}
