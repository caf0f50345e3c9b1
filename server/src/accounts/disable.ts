import type pg from 'pg';
import { begin } from '../db/transaction.ts';

// Whoever wrote for the account locked one of its sessions; whoever took its invitation locked the account.
const wait_for_writes = [
  'select 1 from users where id = app_user_id() for update',
  'select 1 from sessions where user_id = app_user_id() order by id for update',
  'commit',
];

/**
 * Disables an account, as the operator: the next request of any of its sessions is refused, and once this has ended,
 * no write of theirs commits. Runs with the owner's connection, since no account may do this to another. Tells whether
 * there was one to disable.
 */
export async function disableUser(owner: pg.Pool | pg.Client, email: string): Promise<boolean> {
  const { rows } = await owner.query<{ id: string }>(
    `update users set disabled_at = now(), version = version + 1, updated_at = now()
     where email = lower($1) and disabled_at is null returning id`,
    [email],
  );
  const [user] = rows;
  if (user === undefined) return false;
  // New writes are refused by now; those that were in progress are waited for.
  await owner.query([begin('read write', { user_id: user.id }), ...wait_for_writes].join('; '));
  return true;
}
