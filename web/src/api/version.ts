/** Returns the address of this page's first script, which differs between versions of the console. */
const own_script = () => document.querySelector('script[type=module][src]')?.getAttribute('src') ?? '';

/** Returns whether the server is reachable, and whether it serves the same version of the console as this page. */
export async function readVersion(): Promise<'unreachable' | 'same' | 'newer'> {
  try {
    const response = await fetch('/', { headers: { accept: 'text/html' }, cache: 'no-store' });
    if (!response.ok) return 'unreachable';
    return (await response.text()).includes(own_script()) ? 'same' : 'newer';
  } catch {
    return 'unreachable';
  }
}
