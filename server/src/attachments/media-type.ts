import { fileTypeFromBuffer } from 'file-type';

/** The bytes at the start of a file that say what it is. */
export const head_bytes = 4096;

const unknown_type = 'application/octet-stream';
const text_type = 'text/plain';

/** The control characters that texts have: tabs, ends of lines and of pages, and Escape before colours. */
const of_texts = new Set([0x09, 0x0a, 0x0b, 0x0c, 0x0d, 0x1b]);

function isText(head: Uint8Array): boolean {
  // In UTF-8 a byte below 0x20 is that character, and no part of another one.
  if (head.some((byte) => byte < 0x20 && !of_texts.has(byte))) return false;
  try {
    // As a stream: a character may be cut at the end.
    new TextDecoder('utf-8', { fatal: true }).decode(head, { stream: true });
    return true;
  } catch {
    return false;
  }
}

/** What kind of file begins like this. Its name and its sender may say anything. */
export async function mediaTypeOf(head: Uint8Array): Promise<string> {
  // Of a file that is cut off in the middle, or made to confuse, nothing is known.
  const found = await fileTypeFromBuffer(head).catch(() => undefined);
  if (found !== undefined) return found.mime.split(';')[0]?.slice(0, 100) ?? unknown_type;
  return head.length > 0 && isText(head) ? text_type : unknown_type;
}

/** Images that a browser shows without running anything in them. */
const safe_images = ['image/png', 'image/jpeg', 'image/gif', 'image/webp', 'image/avif'];

/** Whether a browser may show it on this origin. Everything else it only saves. */
export const isSafeImage = (media_type: string) => safe_images.includes(media_type);
