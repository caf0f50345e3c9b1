import { useRouter, useSearch } from '@tanstack/react-router';
import { useEffect } from 'react';

/** A path of this console, else its beginning: `next` is in the address, where anybody may have written it. */
export function localPath(next: unknown): string {
  if (typeof next !== 'string') return '/';
  // Browsers read `/\\` as `//`, which is another host.
  return /^\/(?![/\\])/.test(next) ? next : '/';
}

/** Where the person wanted to be before signing in. */
export function useNext(): string {
  const { next } = useSearch({ strict: false });
  return localPath(next);
}

/** Goes on to where the person wanted to be. */
export function GoOn({ to }: { to: string }) {
  const { history } = useRouter();
  useEffect(() => history.replace(to), [history, to]);
  return null;
}
