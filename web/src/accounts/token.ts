import { useLocation } from '@tanstack/react-router';

/** The token of a mailed link: behind `#`, which no server is sent and no log has. */
export function useToken(): string {
  return useLocation({ select: ({ hash }) => hash });
}
