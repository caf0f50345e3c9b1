/** A path of this console, else its beginning: `next` is in the address, where anybody may have written it. */
export function localPath(next: unknown): string {
  if (typeof next !== 'string') return '/';
  // Browsers read `/\\` as `//`, which is another host.
  return /^\/(?![/\\])/.test(next) ? next : '/';
}
