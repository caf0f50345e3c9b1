import type { OperationId } from 'baton-sdk';
import type { PageOf } from '../commands/registry.ts';
import { t } from '../ui/text.ts';
import { page_reads } from './page-reads.ts';

/** The pages about a workspace, by the last part of their address. Each has a command. */
export const workspace_pages = {
  general: () => t('General'),
  members: () => t('Members'),
  invitations: () => t('Invitations'),
  projects: () => t('Projects'),
  workflow: () => t('Workflows'),
  deleted: () => t('Deleted tickets'),
  views: () => t('Views'),
  tokens: () => t('API tokens'),
  webhooks: () => t('Webhooks'),
} as const satisfies Record<PageOf<'settings'>, () => string>;

export type WorkspacePage = keyof typeof workspace_pages;

/** The pages about the signed-in account. */
export const my_pages = {
  profile: () => t('Profile'),
  password: () => t('Password'),
  sessions: () => t('Sessions'),
  preferences: () => t('Preferences'),
  notifications: () => t('Notifications'),
} as const satisfies Record<PageOf<'my'>, () => string>;

export type MyPage = keyof typeof my_pages;

/** Returns the keys of an object with their exact type. */
export const namesOf = <T extends object>(of: T): (keyof T)[] => Object.keys(of) as (keyof T)[];

/** Returns whether everybody in the workspace may read a page. */
export const isForAll = (page: WorkspacePage): boolean => page_reads[page] === undefined;

/** Returns the operation that a page needs. The page shows those who may not call it the reason. */
export const readsOf = (page: WorkspacePage): OperationId => page_reads[page] ?? 'get_workspace';
