import { useLocation } from '@tanstack/react-router';

/**
 * Returns the token of a mailed link. It stands behind `#`, so browsers send it to no server and no log contains it.
 */
export function useToken(): string {
  return useLocation({ select: ({ hash }) => hash });
}
