import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import type { OperationId } from 'baton-sdk';
import { policyQuery, rolesFor } from '../api/policy.ts';
import { commands, type PageOf } from '../commands/registry.ts';
import { useCommands } from '../commands/use-commands.ts';
import { useRole } from '../desk/use-desk.ts';
import { page_reads } from './page-reads.ts';

/** Returns the pages whose commands begin with this prefix. */
const pagesOf = <Start extends string>(start: Start) =>
  Object.keys(commands).flatMap((id) =>
    id.startsWith(`${start}_`) ? [id.slice(start.length + 1)] : [],
  ) as PageOf<Start>[];

/**
 * Binds the commands that open the settings pages: those of the account and, if there is one, those of the workspace.
 */
export function useSettingsCommands(workspace: string | undefined): void {
  const navigate = useNavigate();
  const role = useRole({ workspace_id: workspace ?? '' });
  // Only the cached policy is used, because no page should wait for its palette's commands.
  const policy = useQuery({ ...policyQuery(), enabled: false }).data;
  const may = (operation: OperationId | undefined) => {
    const roles = policy && operation && rolesFor(policy, operation);
    return role === undefined || roles === undefined || roles.includes(role);
  };
  const mine = pagesOf('my').map((page) => [`my_${page}`, () => void navigate({ to: `/me/${page}` })]);
  const params = { workspace: workspace ?? '' };
  const readable = workspace === undefined ? [] : pagesOf('settings').filter((page) => may(page_reads[page]));
  const ours = readable.map((page) => [
    `settings_${page}`,
    () => void navigate({ to: `/w/$workspace/settings/${page}`, params }),
  ]);
  useCommands(Object.fromEntries([...mine, ...ours]));
}
