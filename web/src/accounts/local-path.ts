/**
 * Returns the path if it belongs to this console, and `/` otherwise: `next` comes from the address, which anybody may
 * have written.
 */
export function localPath(next: unknown): string {
  if (typeof next !== 'string') return '/';
  const path = next.replaceAll(/[\t\n\r]/g, ''); // as browsers read it
  // Browsers read `/\\` as `//`, which is another host.
  return /^\/(?![/\\])/.test(path) ? path : '/';
}
