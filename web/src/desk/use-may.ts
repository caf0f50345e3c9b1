import { useQuery } from '@tanstack/react-query';
import type { OperationId } from 'baton-sdk';
import { policyQuery, rolesFor } from '../api/policy.ts';
import { roleNames } from '../api/words.ts';
import { workspacesQuery } from '../api/workspaces.ts';
import { t } from '../ui/text.ts';
import type { Desk } from './desk.ts';
import { useProject } from './use-desk.ts';

export interface May {
  may: boolean;
  /** The reason why not; empty if they may. */
  why: string;
}

/** Returns whether the signed-in account may call an operation. Until that is known, the server decides. */
export function useMay(desk: Pick<Desk, 'workspace_id'>, operation: OperationId): May {
  // Reads the role without a desk, because the page's frame has none.
  const role = useQuery(workspacesQuery()).data?.find(({ id }) => id === desk.workspace_id)?.role;
  const policy = useQuery(policyQuery()).data;
  const roles = policy && rolesFor(policy, operation);
  if (role === undefined || roles === undefined || roles.includes(role)) return { may: true, why: '' };
  const why = t('Your role here is {role}. This takes one of: {required}.', {
    role: roleNames([role]),
    required: roleNames(roles),
  });
  return { may: false, why };
}

/** Returns whether the signed-in account may create tickets, in this project if one is given. */
export function useMayCreate(desk: Pick<Desk, 'workspace_id'>, project: string | undefined): May {
  const of_role = useMay(desk, 'create_ticket');
  const is_archived = (useProject(desk, project)?.archived_at ?? null) !== null;
  return of_role.may && is_archived ? { may: false, why: t('The project is archived.') } : of_role;
}
