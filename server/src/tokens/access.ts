import type { Actor } from '../access/authorize.ts';
import type { Sight } from './queries.ts';

/** Which tokens somebody may see and revoke: their own; owners and admins everybody's. */
export function sightOf({ workspace_id, user_id, role }: Actor): Sight {
  const all = role === 'owner' || role === 'admin';
  return { workspace_id, created_by: all ? undefined : user_id };
}
