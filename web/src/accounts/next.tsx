import { useRouter, useSearch } from '@tanstack/react-router';
import { useEffect } from 'react';
import { localPath } from './local-path.ts';

/** Returns the path that the person wanted to open before signing in. */
export function useNext(): string {
  const { next } = useSearch({ strict: false });
  return localPath(next);
}

/** Sends the person on to the page that they wanted to open. */
export function GoOn({ to }: { to: string }) {
  const { history } = useRouter();
  useEffect(() => history.replace(to), [history, to]);
  return null;
}
