import { useQuery } from '@tanstack/react-query';
import type { OperationId, Role } from 'baton-sdk';
import { policyQuery, rolesFor } from '../api/policy.ts';
import { roleNames } from '../api/words.ts';
import { workspacesQuery } from '../api/workspaces.ts';
import { t } from '../ui/text.ts';

export interface May {
  may: boolean;
  /** Why not, in words; empty where they may. */
  why: string;
}

export const yes: May = { may: true, why: '' };

/** The role of who is signed in; undefined until it is known, and where they are no member. */
export function useOwnRole(workspace: string): Role | (string & {}) | undefined {
  return useQuery(workspacesQuery()).data?.find(({ id }) => id === workspace)?.role;
}

/** Whether a role may do something, by the server’s own table. */
export function mayOf(role: string, roles: readonly string[]): May {
  if (roles.includes(role)) return yes;
  const required = new Intl.ListFormat('en', { type: 'disjunction' }).format(roles.map((one) => roleNames([one])));
  const why = t('For this your role must be {required}; it is {role}.', { role: roleNames([role]), required });
  return { may: false, why };
}

/** Whether who is signed in may do something in a workspace. Until that is known, the server decides. */
export function useMay(workspace: string, operation: OperationId | undefined): May {
  const role = useOwnRole(workspace);
  const policy = useQuery(policyQuery()).data;
  const roles = operation && policy && rolesFor(policy, operation);
  return role === undefined || roles === undefined ? yes : mayOf(role, roles);
}
