import { useRouter, useSearch } from '@tanstack/react-router';
import { useEffect } from 'react';
import { localPath } from './local-path.ts';

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
