import type { AuditAction, AuditEntry } from 'baton-sdk';
import { type Known, roleNames } from '../api/words.ts';
import { t } from '../ui/text.ts';
import { fieldName } from './fields.ts';

/** Returns the names for an entry’s ids, as far as they are known. */
export interface AuditNames {
  person: (id: string) => string;
  ticket: (id: string) => string;
  project: (id: string) => string;
}

/** The values that an entry’s sentence is built from. */
class Said {
  readonly actor: string;
  readonly #entry: AuditEntry;
  readonly #names: AuditNames;

  constructor(entry: AuditEntry, names: AuditNames) {
    this.actor = names.person(entry.actor_id);
    this.#entry = entry;
    this.#names = names;
  }

  /** A field’s value as text, or a note that it was erased. */
  #text = (fields: AuditEntry['before'], name: string) => {
    const value = fields?.[name];
    return typeof value === 'string' || typeof value === 'number' ? String(value) : t('(erased)');
  };
  was = (name: string) => this.#text(this.#entry.before, name);
  is = (name: string) => this.#text(this.#entry.after, name);
  /** Returns whether the field has a value after the change. */
  has = (name: string) => this.#entry.after?.[name] !== undefined && this.#entry.after[name] !== null;
  status = (fields: 'before' | 'after') => this.#text(this.#entry[fields], 'status').replaceAll('_', ' ');
  role = (fields: 'before' | 'after') => roleNames([this.#text(this.#entry[fields], 'role')]);

  get member() {
    return this.#names.person(this.#entry.subject_id);
  }
  get assignee() {
    return this.#names.person(this.is('assignee_id'));
  }
  get project() {
    return this.#names.project(this.#entry.subject_id);
  }
  /** The ticket that the entry is about, directly or through a comment. */
  get ticket() {
    return this.#names.ticket(ticketOf(this.#entry) ?? '');
  }
  /** The names of the edited fields. */
  get edited() {
    const names = Object.keys(this.#entry.after ?? {}).map(fieldName);
    return new Intl.ListFormat('en').format(names);
  }
}

/** Returns the id of the ticket that an entry is about, directly or through a comment. */
export function ticketOf({ subject_type, subject_id, before, after }: AuditEntry): string | undefined {
  if (subject_type === 'ticket') return subject_id;
  const id = after?.['ticket_id'] ?? before?.['ticket_id'];
  return typeof id === 'string' ? id : undefined;
}

/** The sentence for each action. The compiler reports a missing action. */
const sentences: Record<Known<AuditAction>, (said: Said) => string> = {
  'workspace.created': ({ actor, is }) => t('{actor} created the workspace {name}', { actor, name: is('name') }),
  'workspace.updated': ({ actor, was, is }) =>
    t('{actor} renamed the workspace from {was} to {is}', { actor, was: was('name'), is: is('name') }),
  'workspace.deleted': ({ actor }) => t('{actor} deleted the workspace', { actor }),
  'workspace.purged': () => t('The operator erased a word or an address from the history'),
  'invitation.created': ({ actor, is, role }) =>
    t('{actor} invited {email} as {role}', { actor, email: is('email'), role: role('after') }),
  'invitation.revoked': ({ actor, was }) =>
    t('{actor} revoked the invitation of {email}', { actor, email: was('email') }),
  'invitation.accepted': ({ actor, role }) =>
    t('{actor} accepted an invitation as {role}', { actor, role: role('after') }),
  'member.role_changed': ({ actor, member, role }) =>
    t('{actor} changed the role of {member} from {was} to {is}', {
      actor,
      member,
      was: role('before'),
      is: role('after'),
    }),
  'member.removed': ({ actor, member, role }) =>
    t('{actor} removed {member}, who was {was}', { actor, member, was: role('before') }),
  'member.left': ({ actor }) => t('{actor} left the workspace', { actor }),
  'bot.created': ({ actor, is, role }) =>
    t('{actor} created the bot {name} as {role}', { actor, name: is('name'), role: role('after') }),
  'bot.updated': ({ actor, is, role }) =>
    t('{actor} changed a bot: it is {name}, {role}', { actor, name: is('name'), role: role('after') }),
  'bot.removed': ({ actor, was }) => t('{actor} removed the bot {name}', { actor, name: was('name') }),
  'token.created': ({ actor, is }) => t('{actor} created the API token {name}', { actor, name: is('name') }),
  'token.revoked': ({ actor, was }) => t('{actor} revoked the API token {name}', { actor, name: was('name') }),
  'webhook.created': ({ actor, is }) => t('{actor} created a webhook to {origin}', { actor, origin: is('origin') }),
  'webhook.updated': ({ actor, is }) => t('{actor} changed the webhook to {origin}', { actor, origin: is('origin') }),
  'webhook.secret_rotated': ({ actor }) => t('{actor} gave a webhook another secret', { actor }),
  'webhook.pinged': ({ actor }) => t('{actor} sent a message to a webhook as a test', { actor }),
  'webhook.redelivered': ({ actor, is }) =>
    t('{actor} queued {queued} events for a webhook once more', { actor, queued: is('queued') }),
  'webhook.paused': ({ actor }) =>
    t('Baton paused a webhook that {actor} created, because its receiver had failed for days', { actor }),
  'webhook.disabled': ({ actor }) =>
    t('Baton disabled a webhook that {actor} created, because its receiver is gone', { actor }),
  'webhook.deleted': ({ actor, was }) => t('{actor} deleted the webhook to {origin}', { actor, origin: was('origin') }),
  'view.created': ({ actor, is }) => t('{actor} created the shared view {name}', { actor, name: is('name') }),
  'view.updated': ({ actor, was, is, has }) => {
    if (!has('name')) return t('{actor} no longer shares the view {name}', { actor, name: was('name') });
    return t('{actor} changed the shared view {name}', { actor, name: is('name') });
  },
  'view.deleted': ({ actor, was }) => t('{actor} deleted the shared view {name}', { actor, name: was('name') }),
  'view.restored': ({ actor, is }) => t('{actor} restored the shared view {name}', { actor, name: is('name') }),
  'project.created': ({ actor, is }) =>
    t('{actor} created the project {key} {name}', { actor, key: is('key'), name: is('name') }),
  'project.updated': ({ actor, was, is }) =>
    t('{actor} renamed the project {was} to {is}', { actor, was: was('name'), is: is('name') }),
  'project.archived': ({ actor, is }) => t('{actor} archived the project {name}', { actor, name: is('name') }),
  'project.unarchived': ({ actor, is }) => t('{actor} unarchived the project {name}', { actor, name: is('name') }),
  'workflow.replaced': ({ actor, project }) => t('{actor} replaced the workflow of {project}', { actor, project }),
  'ticket.created': ({ actor, is }) => t('{actor} created {key}', { actor, key: is('key') }),
  'ticket.updated': ({ actor, edited, ticket }) => t('{actor} edited {edited} of {ticket}', { actor, edited, ticket }),
  'ticket.transitioned': ({ actor, ticket, status }) =>
    t('{actor} moved {ticket} from {was} to {is}', { actor, ticket, was: status('before'), is: status('after') }),
  'ticket.remapped': ({ actor, ticket, has, status }) =>
    has('status')
      ? t('The workflow that {actor} replaced moved {ticket} to {is}', { actor, ticket, is: status('after') })
      : t('The workflow that {actor} replaced changed the resolution of {ticket}', { actor, ticket }),
  'ticket.assignee_changed': ({ actor, ticket, has, assignee }) =>
    has('assignee_id')
      ? t('{actor} assigned {ticket} to {assignee}', { actor, ticket, assignee })
      : t('{actor} unassigned {ticket}', { actor, ticket }),
  'ticket.placed': ({ actor, ticket }) =>
    t('{actor} placed {ticket} among the others of its status', { actor, ticket }),
  'ticket.respaced': ({ actor, ticket }) =>
    t('{actor} placed a ticket beside {ticket}, which keeps its place', { actor, ticket }),
  'ticket.deleted': ({ actor, ticket }) => t('{actor} deleted {ticket}', { actor, ticket }),
  'ticket.restored': ({ actor, ticket }) => t('{actor} restored {ticket}', { actor, ticket }),
  'ticket.purged': ({ actor, ticket }) => t('{actor} deleted earlier texts of {ticket} permanently', { actor, ticket }),
  'comment.created': ({ actor, ticket }) => t('{actor} commented on {ticket}', { actor, ticket }),
  'comment.updated': ({ actor, ticket }) => t('{actor} edited a comment on {ticket}', { actor, ticket }),
  'comment.reaction_added': ({ actor, ticket, is }) =>
    t('{actor} reacted with {emoji} to a comment on {ticket}', { actor, ticket, emoji: is('emoji') }),
  'comment.reaction_removed': ({ actor, ticket, was }) =>
    t('{actor} took back {emoji} from a comment on {ticket}', { actor, ticket, emoji: was('emoji') }),
  'comment.deleted': ({ actor, ticket }) => t('{actor} deleted a comment on {ticket}', { actor, ticket }),
  'comment.purged': ({ actor, ticket }) => t('{actor} deleted a comment on {ticket} permanently', { actor, ticket }),
  'attachment.added': ({ actor, ticket, is }) =>
    t('{actor} added the file {name} to {ticket}', { actor, ticket, name: is('name') }),
  'attachment.removed': ({ actor, ticket, was }) =>
    t('{actor} removed the file {name} from {ticket}', { actor, ticket, name: was('name') }),
};

const isKnown = (action: string): action is keyof typeof sentences => Object.hasOwn(sentences, action);

/** Returns an entry’s sentence. If the action is unknown because the server is newer, its API name is shown. */
export function saidByEntry(entry: AuditEntry, names: AuditNames): string {
  const said = new Said(entry, names);
  if (isKnown(entry.action)) return sentences[entry.action](said);
  return t('{actor}: {action}', { actor: said.actor, action: entry.action });
}
