import { fileTypeFromBuffer } from 'file-type';

/** How many bytes from the start of a file are used to detect its type. */
export const head_bytes = 4096;

const unknown_type = 'application/octet-stream';
const text_type = 'text/plain';

/** The control characters that occur in texts: tabs, line and page breaks, and Escape, which starts a colour code. */
const of_texts = new Set([0x09, 0x0a, 0x0b, 0x0c, 0x0d, 0x1b]);

function isText(head: Uint8Array): boolean {
  // In UTF-8 a byte below 0x20 is always that character, never a part of another one.
  if (head.some((byte) => byte < 0x20 && !of_texts.has(byte))) return false;
  try {
    // Decoded as a stream, because the head may end within a character.
    new TextDecoder('utf-8', { fatal: true }).decode(head, { stream: true });
    return true;
  } catch {
    return false;
  }
}

/** Detects the media type of a file from its first bytes. The name and the sender's Content-Type can't be trusted. */
export async function mediaTypeOf(head: Uint8Array): Promise<string> {
  // The detection may throw for a file that is truncated or deliberately malformed; its type is then unknown.
  const found = await fileTypeFromBuffer(head).catch(() => undefined);
  if (found !== undefined) return found.mime.split(';')[0]?.slice(0, 100) ?? unknown_type;
  return head.length > 0 && isText(head) ? text_type : unknown_type;
}

/** Images that a browser shows without running anything in them. */
const safe_images = ['image/png', 'image/jpeg', 'image/gif', 'image/webp', 'image/avif'];

/** Whether a browser may show a file of this type on this origin. A file of any other type is only saved. */
export const isSafeImage = (media_type: string) => safe_images.includes(media_type);
