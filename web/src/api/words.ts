import type { ProblemOf, Role } from 'baton-sdk';
import { t } from '../ui/text.ts';

/** The values that this version of the console knows. The server may send others, which are shown as they are. */
export type Known<Word> = Word extends string ? (string extends Word ? never : Word) : never;
export type Words<Word> = Record<Known<Word>, () => string>;

const wordOf = (words: Record<string, () => string>, word: string) =>
  Object.hasOwn(words, word) ? (words[word]?.() ?? word) : word;

const quotas: Words<ProblemOf<'quota_exceeded'>['quota']> = {
  workspaces_per_account: () => t('workspaces of an account'),
  members_per_workspace: () => t('members of a workspace'),
  open_invitations_per_workspace: () => t('pending invitations of a workspace'),
  projects_per_workspace: () => t('projects of a workspace'),
  workflow_versions_per_project: () => t('versions of a project’s workflow'),
  tickets_per_project: () => t('tickets of a project'),
  tokens_per_member: () => t('API tokens of a member'),
  webhooks_per_workspace: () => t('webhooks of a workspace'),
  views_per_member: () => t('views of a member'),
  shared_views_per_workspace: () => t('shared views of a workspace'),
  watchers_per_ticket: () => t('watchers of a ticket'),
  emoji_per_comment: () => t('different reactions to a comment'),
  attachments_per_ticket: () => t('attachments of a ticket'),
  attachment_mib_per_workspace: () => t('MiB of a workspace’s attachments'),
  mib_per_workspace: () => t('MiB that a workspace stores'),
};

const roles: Words<Role> = {
  owner: () => t('owner'),
  admin: () => t('admin'),
  member: () => t('member'),
  viewer: () => t('viewer'),
};

/** Returns the name of a quota. */
export const quotaName = (quota: string): string => wordOf(quotas, quota);

/** Returns the names of one or more roles. */
export const roleNames = (given: readonly string[]): string => given.map((role) => wordOf(roles, role)).join(', ');
