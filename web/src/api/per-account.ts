import type { QueryClient } from '@tanstack/react-query';
import type { Cell } from '../store/cell.ts';
import type { Session } from './session.ts';

const accountOf = (now: Session): string | undefined => ('user' in now ? now.user.id : undefined);

/** Forgets all responses whenever somebody signs out or somebody else signs in: the next person must not see them. */
export function forgetPerAccount(queries: Pick<QueryClient, 'clear'>, session: Cell<Session>): void {
  let before = accountOf(session.get());
  session.subscribe(() => {
    const now = accountOf(session.get());
    if (before !== undefined && now !== before) queries.clear();
    before = now;
  });
}
