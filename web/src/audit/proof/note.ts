import { type Bytes, bytesOf, fromBase64, sha256, toHex } from './bytes.ts';
import { type Hash, hash_bytes } from './merkle.ts';

// Checkpoints in the formats of C2SP’s signed-note and tlog-checkpoint.

/** A log's public key: its name, the key itself, and the four bytes that identify both. */
export interface LogKey {
  name: string;
  id: string;
  public_key: Bytes;
}

/** The type of a log's own signature. */
const of_log = 1;
const key_form = /^([^\s+]{1,200})\+([0-9a-f]{8})\+([A-Za-z0-9+/]{44})$/u;

/** Parses a key in its printed form, `name+id+key`. Undefined if it isn’t a log’s key. */
export async function parseKey(text: string): Promise<LogKey | undefined> {
  const [, name = '', id = '', encoded = ''] = key_form.exec(text.trim()) ?? [];
  const bytes = fromBase64(encoded);
  if (bytes?.length !== 33 || bytes[0] !== of_log) return undefined;
  const own = toHex((await sha256(bytesOf(`${name}\n`), bytes)).subarray(0, 4));
  return own === id ? { name, id, public_key: bytes.slice(1) } : undefined;
}

/** The log's signed size and root at one moment, with the note that contains them. */
export interface Checkpoint {
  note: string;
  /** The signed text. */
  text: string;
  origin: string;
  size: number;
  root: Hash;
  signatures: readonly { name: string; id: string; bytes: Bytes }[];
}

const signature_line = /^\u2014 ([^\s+]+) ([A-Za-z0-9+/]+={0,2})$/u;
const max_signatures = 100;

/** Parses a checkpoint; undefined if it isn’t one. */
export function parseCheckpoint(note: string): Checkpoint | undefined {
  const end = note.lastIndexOf('\n\n');
  if (end < 0 || !note.endsWith('\n')) return undefined;
  const text = note.slice(0, end + 1);
  const [origin = '', size = '', encoded = ''] = text.split('\n');
  const root = fromBase64(encoded);
  const is_size = /^(0|[1-9]\d{0,15})$/.test(size) && Number.isSafeInteger(Number(size));
  if (origin === '' || !is_size || root?.length !== hash_bytes) return undefined;
  const lines = note.slice(end + 2, -1).split('\n');
  const signatures = lines.flatMap((line) => {
    const [, name = '', base64 = ''] = signature_line.exec(line) ?? [];
    const bytes = fromBase64(base64);
    return name === '' || bytes === undefined || bytes.length < 5
      ? []
      : [{ name, id: toHex(bytes.subarray(0, 4)), bytes: bytes.slice(4) }];
  });
  if (signatures.length !== lines.length || lines.length > max_signatures) return undefined;
  return { note, text, origin, size: Number(size), root, signatures };
}

/** Returns the id of the key that the log claims to have signed with. */
export const signerOf = ({ origin, signatures }: Checkpoint): string | undefined =>
  signatures.find(({ name }) => name === origin)?.id;

export type Signed =
  | 'good'
  | 'bad'
  /** This browser does not support Ed25519. */
  | 'unsupported';

/** Returns whether the log’s key has signed a checkpoint. Every signature that claims this key must be valid. */
export async function isSigned(checkpoint: Checkpoint, { name, id, public_key }: LogKey): Promise<Signed> {
  const own = checkpoint.signatures.filter((one) => one.name === name && one.id === id);
  if (own.length === 0 || checkpoint.origin !== name) return 'bad';
  let key: CryptoKey;
  try {
    key = await crypto.subtle.importKey('raw', public_key, { name: 'Ed25519' }, false, ['verify']);
  } catch (error) {
    if (error instanceof DOMException && error.name === 'NotSupportedError') return 'unsupported';
    return 'bad';
  }
  const text = bytesOf(checkpoint.text);
  const all = await Promise.all(own.map(({ bytes }) => crypto.subtle.verify('Ed25519', key, bytes, text)));
  return all.every(Boolean) ? 'good' : 'bad';
}
