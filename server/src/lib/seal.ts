import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

const cipher = 'aes-256-gcm';
const nonce_bytes = 12;
const tag_bytes = 16;

/** Encrypts bytes, so that nobody can read or change them without the key, which has 32 bytes. */
export function seal(key: Buffer, bytes: Uint8Array): Buffer {
  const nonce = randomBytes(nonce_bytes);
  const sealing = createCipheriv(cipher, key, nonce);
  return Buffer.concat([nonce, sealing.update(bytes), sealing.final(), sealing.getAuthTag()]);
}

/** Decrypts sealed bytes; undefined if they were changed, or sealed with another key. */
export function open(key: Buffer, sealed: Buffer): Buffer | undefined {
  try {
    const opening = createDecipheriv(cipher, key, sealed.subarray(0, nonce_bytes));
    opening.setAuthTag(sealed.subarray(-tag_bytes));
    return Buffer.concat([opening.update(sealed.subarray(nonce_bytes, -tag_bytes)), opening.final()]);
  } catch {
    return undefined;
  }
}
