import type { OperationId } from 'baton-sdk';
import type { CommandId } from '../commands/registry.ts';
import { t } from '../ui/text.ts';

interface SettingsPage {
  name: () => string;
  command: CommandId;
  /** What the page reads, where not everybody may. */
  reads?: OperationId;
}

/** The pages about a workspace, by the last part of their address. */
export const workspace_pages = {
  general: { name: () => t('General'), command: 'settings_general' },
  members: { name: () => t('Members'), command: 'settings_members' },
  invitations: { name: () => t('Invitations'), command: 'settings_invitations', reads: 'list_invitations' },
  projects: { name: () => t('Projects'), command: 'settings_projects' },
  workflow: { name: () => t('Workflows'), command: 'settings_workflow' },
  views: { name: () => t('Views'), command: 'settings_views' },
  tokens: { name: () => t('API tokens'), command: 'settings_tokens' },
  webhooks: { name: () => t('Webhooks'), command: 'settings_webhooks', reads: 'list_webhooks' },
} as const satisfies Record<string, SettingsPage>;

export type WorkspacePage = keyof typeof workspace_pages;

/** The pages about who is signed in. */
export const my_pages = {
  profile: { name: () => t('Profile'), command: 'my_profile' },
  password: { name: () => t('Password'), command: 'my_password' },
  sessions: { name: () => t('Sessions'), command: 'my_sessions' },
  preferences: { name: () => t('Preferences'), command: 'my_preferences' },
  notifications: { name: () => t('Notifications'), command: 'my_notifications' },
} as const satisfies Record<string, SettingsPage>;

export type MyPage = keyof typeof my_pages;

/** The names of an object’s fields, as its type knows them. */
export const namesOf = <T extends object>(of: T): (keyof T)[] => Object.keys(of) as (keyof T)[];

/** Whether everybody in the workspace may read a page. */
export const isForAll = (page: WorkspacePage): boolean => !('reads' in workspace_pages[page]);

/** What a page reads: anybody who may not do that is shown why, in its place. */
export function readsOf(page: WorkspacePage): OperationId {
  const { reads = 'get_workspace' }: SettingsPage = workspace_pages[page];
  return reads;
}
