import type pg from 'pg';

/**
 * Disables an account, as the operator: the next request of any of its sessions is refused. Runs with the owner's
 * connection, since no account may do this to another. Tells whether there was one to disable.
 */
export async function disableUser(owner: pg.Pool | pg.Client, email: string): Promise<boolean> {
  const { rowCount } = await owner.query(
    `update users set disabled_at = now(), version = version + 1, updated_at = now()
     where email = lower($1) and disabled_at is null`,
    [email],
  );
  return rowCount === 1;
}
