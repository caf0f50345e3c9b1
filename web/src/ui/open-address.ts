/** Opens an address of this server’s files: the browser saves what it doesn’t show, and the page stays. */
export function openAddress(path: string): void {
  const link = document.createElement('a');
  link.href = path;
  link.target = '_blank';
  link.rel = 'noreferrer';
  link.click();
}
