import type { AuditEntry } from 'baton-sdk';
import { bytesOf, fromBase64, isSame, sha256, toBase64 } from './bytes.ts';
import { leafHash, rootByInclusion } from './merkle.ts';
import { type Checkpoint, parseCheckpoint } from './note.ts';

/** Why an entry could not be verified. */
export type Fault =
  /** The server's response is no valid proof or no valid entry. */
  | 'unreadable'
  /** The entry in the log differs from the one on the page. */
  | 'differs'
  /** The payload’s hash differs from the one in the entry. */
  | 'payload_differs'
  /** The proof leads to another root than the signed one. */
  | 'not_included';

/** The result of verifying an entry, and the checkpoint whose tree the proof is for. */
export interface Proven {
  checkpoint: Checkpoint;
  /** A purge has erased the payload: what is proven is only who did what, to what, and when. */
  is_erased: boolean;
  fault: Fault | undefined;
}

interface Line {
  entry: string;
  salt: string | null;
  payload: string | null;
}

const heading = 'c2sp.org/tlog-proof@v1';

/** Parses a proof: the entry's index, the hashes beside its path, and the checkpoint. */
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

/** Sorts an object's members, so that two values can be compared whatever their order. */
const ordered = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(ordered);
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).map(([name, inside]) => [name, ordered(inside)] as const);
  return Object.fromEntries(members.toSorted(([a], [b]) => (a < b ? -1 : 1)));
};
const isEqual = (a: unknown, b: unknown) => JSON.stringify(ordered(a)) === JSON.stringify(ordered(b));

/** The fields that the log's entry and the page have in common. */
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

/** Returns how the entry on the page differs from its line in the export. */
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
  /** The server's proof; `exported` is the entry as it was hashed. */
  proof: string;
  exported: string;
}

/**
 * Verifies that a checkpoint's tree includes an entry as the page shows it. Undefined if the server sent no valid
 * proof.
 */
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
