import { createPrivateKey, createPublicKey, hash, type KeyObject, sign, verify } from 'node:crypto';
import { type Hash, hash_bytes } from './merkle.ts';

// Signed notes, checkpoints and cosignatures in the formats of
// C2SP's signed-note, tlog-checkpoint and tlog-cosignature.

/** The kinds of signature; the kind is part of a key's id. */
const of_log = 1;
const of_witness = 4;
type Kind = typeof of_log | typeof of_witness;

const seed_bytes = 32;
// The bytes before an Ed25519 key's 32 bytes in DER (RFC 8410).
const private_prefix = Buffer.from('302e020100300506032b657004220420', 'hex');
const public_prefix = Buffer.from('302a300506032b6570032100', 'hex');

/** A public key with a name, which has no spaces or plus signs. */
export interface Verifier {
  name: string;
  kind: Kind;
  public_key: Buffer;
  /** Four bytes of a hash over name, kind and key. */
  id: Buffer;
}

export interface Signer extends Verifier {
  private_key: KeyObject;
}

export const name_pattern = /^[^\s+]{1,200}$/u;

function verifierOf(name: string, kind: Kind, public_key: Buffer): Verifier {
  if (!name_pattern.test(name)) throw new Error(`A key can't be named ${JSON.stringify(name)}.`);
  const id = hash('sha256', Buffer.concat([Buffer.from(`${name}\n`), Buffer.of(kind), public_key]), 'buffer');
  return { name, kind, public_key, id: id.subarray(0, 4) };
}

/** A key pair without a name. */
export interface SigningKey {
  private_key: KeyObject;
  public_key: Buffer;
}

/** Derives the key from a seed of 32 secret bytes. */
export function signingKey(seed: Buffer): SigningKey {
  if (seed.length !== seed_bytes) throw new Error(`A key takes ${seed_bytes} bytes.`);
  const private_key = createPrivateKey({ key: Buffer.concat([private_prefix, seed]), format: 'der', type: 'pkcs8' });
  const der = createPublicKey(private_key).export({ format: 'der', type: 'spki' });
  return { private_key, public_key: der.subarray(public_prefix.length) };
}

const signerOf = (name: string, kind: Kind, { private_key, public_key }: SigningKey): Signer => ({
  ...verifierOf(name, kind, public_key),
  private_key,
});

/** Returns the signer of a log's checkpoints. */
export const logSigner = (name: string, key: SigningKey): Signer => signerOf(name, of_log, key);
/** Returns the signer of a witness's cosignatures. */
export const witnessSigner = (name: string, key: SigningKey): Signer => signerOf(name, of_witness, key);

/** Returns the text form of a public key: `name+id+key`. */
export function printed({ name, kind, public_key, id }: Verifier): string {
  return `${name}+${id.toString('hex')}+${Buffer.concat([Buffer.of(kind), public_key]).toString('base64')}`;
}

/** Reads a key in its text form. Throws if it is invalid. */
export function parseVerifier(text: string): Verifier {
  const [, name = '', id = '', encoded = ''] =
    /^([^\s+]{1,200})\+([0-9a-f]{8})\+([A-Za-z0-9+/]{44})$/u.exec(text) ?? [];
  const bytes = Buffer.from(encoded, 'base64');
  const kind = bytes[0];
  if (bytes.length !== 33 || (kind !== of_log && kind !== of_witness))
    throw new Error('Expected name+id+key of an Ed25519 key.');
  const verifier = verifierOf(name, kind, bytes.subarray(1));
  if (verifier.id.toString('hex') !== id) throw new Error('The key’s id does not belong to its name and key.');
  return verifier;
}

/** A log's name, size and root at one moment. */
export interface Checkpoint {
  origin: string;
  size: number;
  root: Hash;
}

export const textOf = ({ origin, size, root }: Checkpoint): string =>
  `${origin}\n${size}\n${root.toString('base64')}\n`;

const line = (name: string, bytes: Buffer) => `\u2014 ${name} ${bytes.toString('base64')}\n`;
const cosigned = (text: string, time_s: number) => Buffer.from(`cosignature/v1\ntime ${time_s}\n${text}`);

/** Returns the checkpoint as a note with its log's signature. */
export function signedNote(checkpoint: Checkpoint, signer: Signer): string {
  const text = textOf(checkpoint);
  return `${text}\n${line(signer.name, Buffer.concat([signer.id, sign(null, Buffer.from(text), signer.private_key)]))}`;
}

/**
 * Returns a witness's signature line for a checkpoint's text: by this time, it has seen nothing that contradicts it.
 */
export function cosignature(text: string, signer: Signer, time_s: number): string {
  const time = Buffer.alloc(8);
  time.writeBigUInt64BE(BigInt(time_s));
  return line(signer.name, Buffer.concat([signer.id, time, sign(null, cosigned(text, time_s), signer.private_key)]));
}

export interface Note {
  text: string;
  signatures: { name: string; id: string; bytes: Buffer }[];
}

const signature_line = /^\u2014 ([^\s+]+) ([A-Za-z0-9+/]+={0,2})$/u;

/** Splits a note into its text and its signatures. Returns undefined if it isn't a note. */
export function parseNote(note: string): Note | undefined {
  const end = note.lastIndexOf('\n\n');
  if (end < 0 || !note.endsWith('\n')) return undefined;
  const signatures = note
    .slice(end + 2, -1)
    .split('\n')
    .map((one) => {
      const [, name, encoded = ''] = signature_line.exec(one) ?? [];
      const bytes = Buffer.from(encoded, 'base64');
      const is_sound = name !== undefined && bytes.length >= 5 && bytes.toString('base64') === encoded;
      return !is_sound ? undefined : { name, id: bytes.toString('hex', 0, 4), bytes: bytes.subarray(4) };
    });
  if (signatures.length > 100 || signatures.includes(undefined)) return undefined;
  return { text: note.slice(0, end + 1), signatures: signatures as Note['signatures'] };
}

/** Returns the note with only the signature by this key; undefined if it has none. */
export function signedAlone({ text, signatures }: Note, by: Verifier): string | undefined {
  const own = signatures.find(({ name, id }) => name === by.name && id === by.id.toString('hex'));
  return own && `${text}\n${line(own.name, Buffer.concat([Buffer.from(own.id, 'hex'), own.bytes]))}`;
}

/** Reads a checkpoint's text; undefined if it isn't one. Lines after the root are extensions, which are ignored. */
export function parseCheckpoint(text: string): Checkpoint | undefined {
  const [origin = '', size = '', encoded = ''] = text.split('\n');
  const root = Buffer.from(encoded, 'base64');
  if (origin === '' || !/^(0|[1-9]\d{0,15})$/.test(size) || root.length !== hash_bytes) return undefined;
  return root.toString('base64') === encoded && Number.isSafeInteger(Number(size))
    ? { origin, size: Number(size), root }
    : undefined;
}

/** Returns whether the note has a signature by this key, and every signature under this key's id is valid. */
export function isSignedBy(note: Note, verifier: Verifier): boolean {
  const own = note.signatures.filter(({ name, id }) => name === verifier.name && id === verifier.id.toString('hex'));
  const key = createPublicKey({
    key: Buffer.concat([public_prefix, verifier.public_key]),
    format: 'der',
    type: 'spki',
  });
  return (
    own.length > 0 &&
    own.every(({ bytes }) => {
      if (verifier.kind === of_log) return verify(null, Buffer.from(note.text), key, bytes);
      if (bytes.length !== 72) return false;
      const time_s = Number(bytes.readBigUInt64BE(0));
      return verify(null, cosigned(note.text, time_s), key, bytes.subarray(8));
    })
  );
}
