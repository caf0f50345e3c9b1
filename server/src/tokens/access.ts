import type { Actor } from '../access/authorize.ts';
import { isAdmin } from '../access/policy.ts';
import type { Sight } from './queries.ts';

/** Returns which tokens a member may see and revoke: their own, and for owners and admins everybody's. */
export function sightOf({ workspace_id, user_id, role }: Actor): Sight {
  return { workspace_id, created_by: isAdmin(role) ? undefined : user_id };
}
