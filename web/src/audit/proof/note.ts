import { type Bytes, bytesOf, fromBase64, sha256, toHex } from './bytes.ts';
import { type Hash, hash_bytes } from './merkle.ts';

// Checkpoints as C2SP’s signed-note and tlog-checkpoint have them.

/** The key of a log: its name, the key itself, and four bytes that tell this name and key from others. */
export interface LogKey {
  name: string;
  id: string;
  public_key: Bytes;
}

/** The kind of signature that a log’s own key makes. */
const of_log = 1;
const key_form = /^([^\s+]{1,200})\+([0-9a-f]{8})\+([A-Za-z0-9+/]{44})$/u;

/** Reads a key as it is printed: `name+id+key`. Undefined where it isn’t the key of a log. */
export async function parseKey(text: string): Promise<LogKey | undefined> {
  const [, name = '', id = '', encoded = ''] = key_form.exec(text.trim()) ?? [];
  const bytes = fromBase64(encoded);
  if (bytes?.length !== 33 || bytes[0] !== of_log) return undefined;
  const own = toHex((await sha256(bytesOf(`${name}\n`), bytes)).subarray(0, 4));
  return own === id ? { name, id, public_key: bytes.slice(1) } : undefined;
}

/** What a log said of itself at one moment, with the note that says it. */
export interface Checkpoint {
  note: string;
  /** What is signed. */
  text: string;
  origin: string;
  size: number;
  root: Hash;
  signatures: readonly { name: string; id: string; bytes: Bytes }[];
}

const signature_line = /^\u2014 ([^\s+]+) ([A-Za-z0-9+/]+={0,2})$/u;
const max_signatures = 100;

/** Reads a checkpoint; undefined where it isn’t one. */
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

/** The id of the key that the log says it has signed with. */
export const signerOf = ({ origin, signatures }: Checkpoint): string | undefined =>
  signatures.find(({ name }) => name === origin)?.id;

export type Signed =
  | 'good'
  | 'bad'
  /** This browser knows no Ed25519. */
  | 'unsupported';

/** Whether the log’s key has signed a checkpoint, and each signature that says so is good. */
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
