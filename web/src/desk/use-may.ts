import { useQuery } from '@tanstack/react-query';
import type { OperationId } from 'baton-sdk';
import { policyQuery, rolesFor } from '../api/policy.ts';
import { roleNames } from '../api/words.ts';
import { workspacesQuery } from '../api/workspaces.ts';
import { t } from '../ui/text.ts';
import type { Desk } from './desk.ts';
import { useProjectRead } from './use-desk.ts';

export interface May {
  may: boolean;
  /** The reason why not; empty if they may. */
  why: string;
}

/** What the account may do, and whether that has been read yet. */
export interface Right extends May {
  is_known: boolean;
}

/** Returns whether the signed-in account may call an operation. Until that is known, the server decides. */
export function useMay(desk: Pick<Desk, 'workspace_id'>, operation: OperationId): Right {
  // Reads the role without a desk, because the page's frame has none.
  const workspaces = useQuery(workspacesQuery());
  const policy = useQuery(policyQuery());
  const is_known = !workspaces.isPending && !policy.isPending;
  const role = workspaces.data?.find(({ id }) => id === desk.workspace_id)?.role;
  const roles = policy.data && rolesFor(policy.data, operation);
  if (role === undefined || roles === undefined || roles.includes(role)) return { may: true, why: '', is_known };
  const why = t('Your role here is {role}. This takes one of: {required}.', {
    role: roleNames([role]),
    required: roleNames(roles),
  });
  return { may: false, why, is_known };
}

/**
 * Returns a right as a control shows it that is visible before the right is known: until then, the answer is no. What
 * was offered and is then refused would be worse.
 */
export const onceKnown = ({ is_known, ...right }: Right): May =>
  is_known ? right : { may: false, why: t('What you may do here is still being loaded.') };

/** Returns whether the signed-in account may create tickets, in this project if one is given. */
export function useMayCreate(desk: Pick<Desk, 'workspace_id'>, project: string | undefined): Right {
  const of_role = useMay(desk, 'create_ticket');
  const { found, is_pending } = useProjectRead(desk, project);
  const is_known = of_role.is_known && !is_pending;
  const is_archived = (found?.archived_at ?? null) !== null;
  if (of_role.may && is_archived) return { may: false, why: t('The project is archived.'), is_known };
  return { ...of_role, is_known };
}
