import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import type { OperationId } from 'baton-sdk';
import { policyQuery, rolesFor } from '../api/policy.ts';
import { useCommands } from '../commands/use-commands.ts';
import { useRole } from '../desk/use-desk.ts';

/** The commands that lead to the pages of settings: those of the workspace, where there is one, and those of the account. */
export function useSettingsCommands(workspace: string | undefined): void {
  const navigate = useNavigate();
  const role = useRole({ workspace_id: workspace ?? '' });
  // What is known of it by now: no page waits for what its palette shows.
  const policy = useQuery({ ...policyQuery(), enabled: false }).data;
  const may = (operation: OperationId) => {
    const roles = policy && rolesFor(policy, operation);
    return role === undefined || roles === undefined || roles.includes(role);
  };
  const params = { workspace: workspace ?? '' };
  useCommands({
    my_profile: () => void navigate({ to: '/me/profile' }),
    my_password: () => void navigate({ to: '/me/password' }),
    my_sessions: () => void navigate({ to: '/me/sessions' }),
    my_preferences: () => void navigate({ to: '/me/preferences' }),
    my_notifications: () => void navigate({ to: '/me/notifications' }),
    ...(workspace !== undefined && {
      settings_general: () => void navigate({ to: '/w/$workspace/settings/general', params }),
      settings_members: () => void navigate({ to: '/w/$workspace/settings/members', params }),
      settings_projects: () => void navigate({ to: '/w/$workspace/settings/projects', params }),
      settings_workflow: () => void navigate({ to: '/w/$workspace/settings/workflow', params }),
      settings_views: () => void navigate({ to: '/w/$workspace/settings/views', params }),
      settings_tokens: () => void navigate({ to: '/w/$workspace/settings/tokens', params }),
      ...(may('list_invitations') && {
        settings_invitations: () => void navigate({ to: '/w/$workspace/settings/invitations', params }),
      }),
      ...(may('list_webhooks') && {
        settings_webhooks: () => void navigate({ to: '/w/$workspace/settings/webhooks', params }),
      }),
    }),
  });
}
