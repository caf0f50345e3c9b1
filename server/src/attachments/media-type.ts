import { fileTypeFromBuffer } from 'file-type';

/** The bytes at the start of a file that say what it is. */
export const head_bytes = 4096;

const unknown_type = 'application/octet-stream';
const text_type = 'text/plain';

/** Control characters that texts don't have; tabs, ends of lines and of pages they do. */
// oxlint-disable-next-line no-control-regex -- control characters are what it looks for
const control = /[\u0000-\u0008\u000e-\u001a\u001c-\u001f]/;

function isText(head: Uint8Array): boolean {
  try {
    // As a stream: a character may be cut at the end.
    return !control.test(new TextDecoder('utf-8', { fatal: true }).decode(head, { stream: true }));
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
