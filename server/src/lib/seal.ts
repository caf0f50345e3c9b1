import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

const cipher = 'aes-256-gcm';
const nonce_bytes = 12;
const tag_bytes = 16;

/** Bytes in a form that nobody reads or changes without the key, of 32 bytes. */
export function seal(key: Buffer, bytes: Uint8Array): Buffer {
  const nonce = randomBytes(nonce_bytes);
  const sealing = createCipheriv(cipher, key, nonce);
  return Buffer.concat([nonce, sealing.update(bytes), sealing.final(), sealing.getAuthTag()]);
}

/** Undefined where it was sealed by another key. */
export function open(key: Buffer, sealed: Buffer): Buffer | undefined {
  try {
    const opening = createDecipheriv(cipher, key, sealed.subarray(0, nonce_bytes));
    opening.setAuthTag(sealed.subarray(-tag_bytes));
    return Buffer.concat([opening.update(sealed.subarray(nonce_bytes, -tag_bytes)), opening.final()]);
  } catch {
    return undefined;
  }
}
