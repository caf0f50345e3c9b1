import type { Actor } from '../access/authorize.ts';
import { isAdmin } from '../access/policy.ts';
import type { Sight } from './queries.ts';

/** Which tokens somebody may see and revoke: their own; owners and admins everybody's. */
export function sightOf({ workspace_id, user_id, role }: Actor): Sight {
  return { workspace_id, created_by: isAdmin(role) ? undefined : user_id };
}
