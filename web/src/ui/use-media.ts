import { useCallback, useSyncExternalStore } from 'react';

/** Whether the screen is as the media query says, now and after it changes. */
export function useMedia(query: string): boolean {
  const subscribe = useCallback(
    (listener: () => void) => {
      const list = matchMedia(query);
      list.addEventListener('change', listener);
      return () => list.removeEventListener('change', listener);
    },
    [query],
  );
  return useSyncExternalStore(subscribe, () => matchMedia(query).matches);
}

/** As wide as a list and a ticket beside it need. */
export const wide = '(min-width: 900px)';
