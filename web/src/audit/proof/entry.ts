import type { AuditEntry } from 'baton-sdk';
import { bytesOf, fromBase64, isSame, sha256, toBase64 } from './bytes.ts';
import { leafHash, rootByInclusion } from './merkle.ts';
import { type Checkpoint, parseCheckpoint } from './note.ts';

/** Why an entry is not what the log was signed for. */
export type Fault =
  /** What the server sent is no proof, or no entry. */
  | 'unreadable'
  /** The entry in the log says something else than the one on the page. */
  | 'differs'
  /** What was before and after doesn’t have the hash that the entry has of it. */
  | 'payload_differs'
  /** The proof leads to another root than the signed one. */
  | 'not_included';

/** An entry of the log, and the checkpoint whose tree has it. */
export interface Proven {
  checkpoint: Checkpoint;
  /** What was before and after was erased by a purge: only who did what, to what and when is proven. */
  is_erased: boolean;
  fault: Fault | undefined;
}

interface Line {
  entry: string;
  salt: string | null;
  payload: string | null;
}

const heading = 'c2sp.org/tlog-proof@v1';

/** Reads a proof: where the entry is, the hashes beside it, and the checkpoint. */
function readProof(text: string) {
  const end = text.indexOf('\n\n');
  const [first, index = '', ...hashes] = text.slice(0, Math.max(0, end)).split('\n');
  const checkpoint = parseCheckpoint(text.slice(end + 2));
  const path = hashes.map(fromBase64);
  const [, number] = /^index (0|[1-9]\d{0,15})$/.exec(index) ?? [];
  if (first !== heading || number === undefined || checkpoint === undefined) return undefined;
  const is_path = (all: typeof path): all is NonNullable<(typeof path)[number]>[] =>
    all.every((hash) => hash?.length === 32);
  return is_path(path) ? { index: Number(number), path, checkpoint } : undefined;
}

function readLine(text: string): Line | undefined {
  try {
    const { entry, salt, payload } = JSON.parse(text.split('\n', 1)[0] ?? '') as Partial<Line>;
    const is_sound = typeof entry === 'string' && salt !== undefined && payload !== undefined;
    return is_sound ? { entry, salt, payload } : undefined;
  } catch {
    return undefined;
  }
}

/** A value with its members in one order, to compare what is the same in another order. */
const ordered = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(ordered);
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).map(([name, inside]) => [name, ordered(inside)] as const);
  return Object.fromEntries(members.toSorted(([a], [b]) => (a < b ? -1 : 1)));
};
const isEqual = (a: unknown, b: unknown) => JSON.stringify(ordered(a)) === JSON.stringify(ordered(b));

/** What an entry of the log has of what the page shows. */
const shown_of_entry = [
  'action',
  'actor_id',
  'created_at',
  'id',
  'on_behalf_of',
  'sequence',
  'subject_id',
  'subject_type',
  'subject_version',
  'token_id',
] as const satisfies (keyof AuditEntry)[];

/** What is wrong between the entry on the page and the line of the export that has it. */
async function faultOf(shown: AuditEntry, { entry, salt, payload }: Line, workspace_id: string) {
  let logged: Record<string, unknown>;
  try {
    logged = JSON.parse(entry) as Record<string, unknown>;
  } catch {
    return 'unreadable';
  }
  const is_same = shown_of_entry.every((name) => isEqual(logged[name], shown[name]));
  if (!is_same || logged['workspace_id'] !== workspace_id) return 'differs';
  if (salt === null && payload === null) return undefined;
  const salted = fromBase64(salt ?? '');
  if (salted?.length !== 16 || payload === null) return 'unreadable';
  if (toBase64(await sha256(salted, bytesOf(payload))) !== logged['payload']) return 'payload_differs';
  const { after, before, request_id } = JSON.parse(payload) as Record<string, unknown>;
  const is_payload = isEqual([after, before, request_id], [shown.after, shown.before, shown.request_id]);
  return is_payload ? undefined : 'differs';
}

interface Sent {
  workspace_id: string;
  /** What the server proves it with, and the entry as it was hashed. */
  proof: string;
  exported: string;
}

/** Verifies that an entry, as it is shown, is in the tree of a checkpoint. Undefined where the server sent no proof. */
export async function proveEntry(shown: AuditEntry, sent: Sent): Promise<Proven | undefined> {
  const proof = readProof(sent.proof);
  const line = readLine(sent.exported);
  if (proof === undefined || line === undefined) return undefined;
  const { index, path, checkpoint } = proof;
  const is_erased = line.payload === null;
  const proven = (fault: Fault | undefined): Proven => ({ checkpoint, is_erased, fault });
  if (index + 1 !== shown.sequence) return proven('differs');
  const fault = await faultOf(shown, line, sent.workspace_id);
  if (fault !== undefined) return proven(fault);
  const leaf = await leafHash(bytesOf(line.entry));
  const root = await rootByInclusion({ index, size: checkpoint.size, leaf }, path);
  return proven(root !== undefined && isSame(root, checkpoint.root) ? undefined : 'not_included');
}
