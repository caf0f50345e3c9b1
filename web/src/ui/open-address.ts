/** Opens a file of this server in a new tab, or saves it. The current page stays as it is. */
export function openAddress(path: string, { is_shown }: { is_shown: boolean }): void {
  const link = document.createElement('a');
  link.href = path;
  link.rel = 'noreferrer';
  if (is_shown) link.target = '_blank';
  else link.download = ''; // the server's response names the file
  link.click();
}
