/** The script that this page began with: each version of the console has another. */
const own_script = () => document.querySelector('script[type=module][src]')?.getAttribute('src') ?? '';

/** Whether the server is there, and has the console that this page is of. */
export async function readVersion(): Promise<'unreachable' | 'same' | 'newer'> {
  try {
    const response = await fetch('/', { headers: { accept: 'text/html' }, cache: 'no-store' });
    if (!response.ok) return 'unreachable';
    return (await response.text()).includes(own_script()) ? 'same' : 'newer';
  } catch {
    return 'unreachable';
  }
}
