/** Opens a file of this server in a tab of its own, or has the browser save it. The page stays, and what it is doing goes on. */
export function openAddress(path: string, { is_shown }: { is_shown: boolean }): void {
  const link = document.createElement('a');
  link.href = path;
  link.rel = 'noreferrer';
  if (is_shown) link.target = '_blank';
  else link.download = ''; // its name comes with it
  link.click();
}
