import type { AuditAction, AuditSubjectType } from 'baton-sdk';
import type { Known, Words } from '../api/words.ts';
import { t } from '../ui/text.ts';

/** The name of each action in the filter's menu. */
const actions: Words<AuditAction> = {
  'workspace.created': () => t('Workspace created'),
  'workspace.updated': () => t('Workspace renamed'),
  'workspace.deleted': () => t('Workspace deleted'),
  'workspace.purged': () => t('History erased by the operator'),
  'invitation.created': () => t('Invitation sent'),
  'invitation.revoked': () => t('Invitation revoked'),
  'invitation.accepted': () => t('Invitation accepted'),
  'member.role_changed': () => t('Role of a member changed'),
  'member.removed': () => t('Member removed'),
  'member.left': () => t('Member left'),
  'bot.created': () => t('Bot created'),
  'bot.updated': () => t('Bot changed'),
  'bot.removed': () => t('Bot removed'),
  'token.created': () => t('API token created'),
  'token.revoked': () => t('API token revoked'),
  'webhook.created': () => t('Webhook created'),
  'webhook.updated': () => t('Webhook changed'),
  'webhook.secret_rotated': () => t('Secret of a webhook changed'),
  'webhook.pinged': () => t('Webhook tested'),
  'webhook.redelivered': () => t('Events of a webhook sent again'),
  'webhook.paused': () => t('Webhook paused by Baton'),
  'webhook.disabled': () => t('Webhook disabled by Baton'),
  'webhook.deleted': () => t('Webhook deleted'),
  'view.created': () => t('View created'),
  'view.updated': () => t('View changed'),
  'view.deleted': () => t('View deleted'),
  'view.restored': () => t('View restored'),
  'project.created': () => t('Project created'),
  'project.updated': () => t('Project renamed'),
  'project.archived': () => t('Project archived'),
  'project.unarchived': () => t('Project unarchived'),
  'workflow.replaced': () => t('Workflow replaced'),
  'ticket.created': () => t('Ticket created'),
  'ticket.updated': () => t('Ticket edited'),
  'ticket.transitioned': () => t('Ticket moved'),
  'ticket.remapped': () => t('Ticket moved by a new workflow'),
  'ticket.assignee_changed': () => t('Assignee of a ticket changed'),
  'ticket.placed': () => t('Ticket placed'),
  'ticket.respaced': () => t('Room beside a ticket'),
  'ticket.deleted': () => t('Ticket deleted'),
  'ticket.restored': () => t('Ticket restored'),
  'ticket.purged': () => t('Texts of a ticket erased'),
  'comment.created': () => t('Comment added'),
  'comment.updated': () => t('Comment edited'),
  'comment.reaction_added': () => t('Reaction added'),
  'comment.reaction_removed': () => t('Reaction taken back'),
  'comment.deleted': () => t('Comment deleted'),
  'comment.purged': () => t('Comment erased'),
  'attachment.added': () => t('File added'),
  'attachment.removed': () => t('File removed'),
};

const types: Words<AuditSubjectType> = {
  workspace: () => t('Workspace'),
  invitation: () => t('Invitations'),
  member: () => t('Members'),
  bot: () => t('Bots'),
  token: () => t('API tokens'),
  webhook: () => t('Webhooks'),
  view: () => t('Views'),
  project: () => t('Projects'),
  workflow: () => t('Workflows'),
  ticket: () => t('Tickets'),
  comment: () => t('Comments'),
  attachment: () => t('Attachments'),
};

const wordsOf = <Word extends string>(words: Record<Word, () => string>) =>
  Object.entries<() => string>(words).map(([value, name]) => ({ value, label: name() }));

/** Returns the actions that can be chosen as a filter. */
export const actionOptions = (): { value: string; label: string }[] => wordsOf<Known<AuditAction>>(actions);
export const typeOptions = (): { value: string; label: string }[] => wordsOf<Known<AuditSubjectType>>(types);
